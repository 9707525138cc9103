package dev.kindling.track;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Event files byte by byte, beside what TensorFlow's formats say. */
class EventBytesTest {
  /**
   * The checksum of 123456789 is E3069283, CRC-32C's published check value; turned right by 15 bits
   * it is C78AB0E5 - A282EAD8. That of the length is computed likewise, bit by bit.
   */
  @Test
  void aRecordIsItsLengthAndItsDataEachWithAMaskedChecksum() {
    assertThat(HexFormat.of().formatHex(EventBytes.record("123456789".getBytes(US_ASCII))))
        .isEqualTo("0900000000000000" + "37f97139" + "313233343536373839" + "e5b08ac7");
  }

  @Test
  void aFileBeginsWithItsVersion() {
    // Field 1, 8 bytes: 1.5 s; field 2: step 0; field 3, 13 bytes: the version.
    assertThat(HexFormat.of().formatHex(data(EventBytes.version(1500))))
        .isEqualTo(
            "09000000000000f83f"
                + "1000"
                + "1a0d"
                + HexFormat.of().formatHex("brain.Event:2".getBytes(US_ASCII)));
  }

  @Test
  void aRestartIsASessionLogOfStatusStart() {
    // Step 300 is 2 * 128 + 44; field 7, 2 bytes: field 1 is 1.
    assertThat(HexFormat.of().formatHex(data(EventBytes.restart(0, 300))))
        .isEqualTo("090000000000000000" + "10ac02" + "3a02" + "0801");
  }

  @Test
  void aFigureIsAScalarOfSinglePrecision() {
    // Field 5, 11 bytes: field 1, 9 bytes: the tag kl in 4, -2 in 5.
    assertThat(HexFormat.of().formatHex(data(EventBytes.scalars(0, 1, Map.of("kl", -2.0)))))
        .isEqualTo("090000000000000000" + "1001" + "2a0b" + "0a09" + "0a026b6c" + "15000000c0");
  }

  /** The steps of records that stand one after the other are found again. */
  @Property(tries = 200)
  void recordsAreReadBackWhateverTheirSteps(
      @ForAll List<@LongRange(min = 0) Long> steps, @ForAll double figure) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    steps.forEach(step -> file.writeBytes(EventBytes.scalars(7, step, Map.of("reward", figure))));
    List<Long> found = new ArrayList<>();
    ByteBuffer left = ByteBuffer.wrap(file.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    while (left.hasRemaining()) {
      byte[] data = new byte[(int) left.getLong()];
      left.getInt();
      left.get(data);
      left.getInt();
      found.add(step(data));
    }
    assertThat(found).isEqualTo(steps);
  }

  /** The step of an event, whose time is nine bytes. */
  private static long step(byte[] event) {
    long step = 0;
    int at = 10;
    for (int shift = 0; ; shift += 7) {
      step |= (event[at] & 0x7fL) << shift;
      if (event[at++] >= 0) {
        return step;
      }
    }
  }

  private static byte[] data(byte[] record) {
    return Arrays.copyOfRange(record, 12, record.length - 4);
  }
}
