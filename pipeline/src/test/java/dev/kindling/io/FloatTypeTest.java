package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversions between element types, to the bit. */
class FloatTypeTest {
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everySixteenBitPatternComesBackFromThirtyTwoBits(FloatType type) {
    for (int pattern = 0; pattern < 1 << 16; pattern++) {
      assertThat(narrow(type, widen(type, pattern)))
          .as("%s pattern %04X", type, pattern)
          .isEqualTo(pattern);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BF16, 3F80, 1", // the upper half of 3F800000
    "BF16, C2F7, -123.5", // C2F70000
    "BF16, 7F80, Infinity",
    "BF16, 0001, 9.183549615799121E-41", // 2^-133
    "F16, 3C00, 1",
    "F16, D7B8, -123.5", // 1.9296875 * 2^6: exponent 21, fraction 952
    "F16, 7BFF, 65504",
    "F16, FC00, -Infinity",
    "F16, 0001, 5.9604645E-8", // 2^-24
    "F16, 0400, 6.1035156E-5", // 2^-14
  })
  void aPatternIsTheNumberThatTheStandardSays(FloatType type, String pattern, float value) {
    assertThat(widen(type, Integer.parseInt(pattern, 16))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    // Between 1 and the next number, 1 + 2^-7: halfway is rounded to the even one.
    "BF16, 0x1.00p0, 3F80",
    "BF16, 0x1.01p0, 3F80",
    "BF16, 0x1.010002p0, 3F81",
    "BF16, 0x1.03p0, 3F82",
    "BF16, 0x1.fffffep127, 7F80",
    // 1 and 1 + 2^-10.
    "F16, 0x1.002p0, 3C00",
    "F16, 0x1.002002p0, 3C01",
    "F16, 0x1.006p0, 3C02",
    // Between the largest, 65504, and what would follow, 65536, is 65520.
    "F16, 65519.996, 7BFF",
    "F16, 65520, 7C00",
    "F16, -1e9, FC00",
    // Multiples of 2^-24; half of the smallest is zero, its sign stays.
    "F16, 0x1.8p-25, 0001",
    "F16, -0x1p-25, 8000",
    "F16, 0x1.8p-24, 0002",
    "F16, 0x1.ffcp-15, 0400",
  })
  void aNumberBecomesTheNearestAndOfTwoTheEvenOne(FloatType type, float value, String pattern) {
    assertThat(narrow(type, value)).isEqualTo(Integer.parseInt(pattern, 16));
  }

  @Test
  void whatIsNoNumberStaysNone() {
    // The bits that tell it from infinity are all among those that are dropped.
    float value = Float.intBitsToFloat(0x7F800001);
    assertThat(widen(FloatType.BF16, narrow(FloatType.BF16, value))).isNaN();
    assertThat(widen(FloatType.F16, narrow(FloatType.F16, value))).isNaN();
  }

  private static float widen(FloatType type, int pattern) {
    ByteBuffer buffer = buffer();
    buffer.putShort(0, (short) pattern);
    float[] value = {0, 0};
    type.decode(buffer, value, 1, 1);
    return value[1];
  }

  private static int narrow(FloatType type, float value) {
    ByteBuffer buffer = buffer();
    type.encode(new float[] {7, value}, 1, 1, buffer);
    return buffer.getShort(0) & 0xFFFF;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
  }
}
