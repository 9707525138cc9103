package dev.kindling.io;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The element types that weights come in. Widening to 32 bits is exact; narrowing rounds to the
 * nearest value, to the even one of two that are equally near, and to infinity beyond the largest.
 * Widened and narrowed again, every bit pattern is what it was, those that are not numbers too.
 */
public enum FloatType {
  /** IEEE 754 binary32. */
  F32(4) {
    @Override
    void decode(ByteBuffer in, float[] out, int offset, int count) {
      in.asFloatBuffer().get(out, offset, count);
    }

    @Override
    void encode(float[] in, int offset, int count, ByteBuffer out) {
      out.asFloatBuffer().put(in, offset, count);
    }
  },
  /** IEEE 754 binary16. */
  F16(2) {
    @Override
    void decode(ByteBuffer in, float[] out, int offset, int count) {
      ShortBuffer halves = in.asShortBuffer();
      for (int i = 0; i < count; i++) {
        out[offset + i] = fromHalf(halves.get(i));
      }
    }

    @Override
    void encode(float[] in, int offset, int count, ByteBuffer out) {
      ShortBuffer halves = out.asShortBuffer();
      for (int i = 0; i < count; i++) {
        halves.put(i, toHalf(in[offset + i]));
      }
    }
  },
  /** The upper half of binary32. */
  BF16(2) {
    @Override
    void decode(ByteBuffer in, float[] out, int offset, int count) {
      ShortBuffer halves = in.asShortBuffer();
      for (int i = 0; i < count; i++) {
        out[offset + i] = Float.intBitsToFloat(halves.get(i) << 16);
      }
    }

    @Override
    void encode(float[] in, int offset, int count, ByteBuffer out) {
      ShortBuffer halves = out.asShortBuffer();
      for (int i = 0; i < count; i++) {
        halves.put(i, toUpperHalf(in[offset + i]));
      }
    }
  };

  private static final int INFINITY = 0x7F800000;
  // From here on the nearest half is infinity: halfway between 65504 and 65536.
  private static final int HALF_OVERFLOW = Float.floatToRawIntBits(65520f);
  private static final int SMALLEST_NORMAL_HALF = Float.floatToRawIntBits(0x1p-14f);

  private final int bytes;

  FloatType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The type that a safetensors file calls {@code dtype}; empty when it is none of these. */
  public static Optional<FloatType> of(String dtype) {
    return Arrays.stream(values()).filter(type -> type.name().equals(dtype)).findFirst();
  }

  /** Widens the first {@code count} elements of a little-endian buffer. */
  abstract void decode(ByteBuffer in, float[] out, int offset, int count);

  /** Narrows values to the start of a little-endian buffer. */
  abstract void encode(float[] in, int offset, int count, ByteBuffer out);

  private static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    int widened = exponent == 0x1F ? INFINITY : (exponent + 127 - 15) << 23;
    return Float.intBitsToFloat(sign | widened | fraction << 13);
  }

  private static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & Integer.MAX_VALUE;
    int half;
    if (magnitude > INFINITY) {
      int fraction = (magnitude >>> 13) & 0x3FF;
      half = 0x7C00 | (fraction == 0 ? 0x200 : fraction);
    } else if (magnitude >= HALF_OVERFLOW) {
      half = 0x7C00;
    } else if (magnitude < SMALLEST_NORMAL_HALF) {
      half = (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24);
    } else {
      int rebiased = magnitude - ((127 - 15) << 23);
      half = (rebiased + 0xFFF + ((rebiased >>> 13) & 1)) >>> 13;
    }
    return (short) (sign | half);
  }

  private static short toUpperHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & Integer.MAX_VALUE) > INFINITY) {
      // The dropped half alone may have told it from infinity.
      int quiet = (bits & 0x7F0000) == 0 ? 0x40 : 0;
      return (short) (bits >>> 16 | quiet);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }
}
