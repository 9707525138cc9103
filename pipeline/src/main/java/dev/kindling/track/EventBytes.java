package dev.kindling.track;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The bytes of TensorBoard's event files: protocol buffers of the message {@code Event}
 * (TensorFlow's {@code event.proto}, {@code summary.proto}), each framed as a TFRecord.
 */
final class EventBytes {
  // Kinds of a field on the wire.
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_AND_BYTES = 2;
  private static final int FOUR_BYTES = 5;

  /** What TFRecord adds to a checksum, so that none is taken of data that has its own in it. */
  private static final int MASK = 0xa282ead8;

  private EventBytes() {}

  /** What a file begins with. */
  static byte[] version(long timeMillis) {
    return record(bytes(event(timeMillis, 0), 3, utf8("brain.Event:2")));
  }

  /** Says that what earlier files have from a step on does not count. */
  static byte[] restart(long timeMillis, long step) {
    ByteArrayOutputStream sessionLog = new ByteArrayOutputStream();
    key(sessionLog, 1, VARINT);
    varint(sessionLog, 1);
    return record(bytes(event(timeMillis, step), 7, sessionLog.toByteArray()));
  }

  /** The figures of a step, each a scalar of single precision. */
  static byte[] scalars(long timeMillis, long step, Map<String, ? extends Number> figures) {
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    figures.forEach(
        (tag, figure) -> {
          ByteArrayOutputStream value = new ByteArrayOutputStream();
          bytes(value, 1, utf8(tag));
          key(value, 2, FOUR_BYTES);
          value.writeBytes(littleEndian(4).putFloat(figure.floatValue()).array());
          bytes(summary, 1, value.toByteArray());
        });
    return record(bytes(event(timeMillis, step), 5, summary.toByteArray()));
  }

  private static ByteArrayOutputStream event(long timeMillis, long step) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    key(event, 1, EIGHT_BYTES);
    event.writeBytes(littleEndian(8).putDouble(timeMillis / 1e3).array());
    key(event, 2, VARINT);
    varint(event, step);
    return event;
  }

  private static ByteArrayOutputStream bytes(ByteArrayOutputStream out, int field, byte[] content) {
    key(out, field, LENGTH_AND_BYTES);
    varint(out, content.length);
    out.writeBytes(content);
    return out;
  }

  private static void key(ByteArrayOutputStream out, int field, int kind) {
    varint(out, ((long) field << 3) | kind);
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static byte[] record(ByteArrayOutputStream event) {
    return record(event.toByteArray());
  }

  /** Length and data of a TFRecord, each with its checksum behind it. */
  static byte[] record(byte[] data) {
    byte[] length = littleEndian(8).putLong(data.length).array();
    return littleEndian(16 + data.length)
        .put(length)
        .putInt(masked(length))
        .put(data)
        .putInt(masked(data))
        .array();
  }

  private static int masked(byte[] data) {
    CRC32C checksum = new CRC32C();
    checksum.update(data);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
