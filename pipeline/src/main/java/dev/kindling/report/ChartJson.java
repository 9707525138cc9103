package dev.kindling.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.report.Chart.Line;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/**
 * The numbers behind the charts as JSON that may stand inside a script element: no text can close
 * the element, and what JSON cannot hold (NaN, infinities) is null, which the charts show as a gap.
 */
final class ChartJson {
  // A screen shows no more, and the page stays small.
  private static final MathContext DIGITS = new MathContext(6);
  private static final ObjectMapper JSON = mapper();

  private ChartJson() {}

  private static ObjectMapper mapper() {
    ObjectMapper mapper = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    mapper.getFactory().setCharacterEscapes(new ForScripts());
    return mapper;
  }

  /** An object of {@code steps}, one array an arm, and {@code charts} with their lines. */
  static String of(List<Arm> arms, List<Chart> charts) {
    ObjectNode all = JSON.createObjectNode();
    ArrayNode steps = all.putArray("steps");
    for (Arm arm : arms) {
      ArrayNode ofArm = steps.addArray();
      arm.metrics().forEach(row -> ofArm.add(row.step()));
    }
    ArrayNode drawn = all.putArray("charts");
    for (Chart chart : charts) {
      ArrayNode lines = drawn.addObject().put("unit", chart.unit().key()).putArray("lines");
      chart.lines().forEach(line -> put(lines.addObject(), line));
    }
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A tree of numbers and texts is JSON", impossible);
    }
  }

  private static void put(ObjectNode node, Line line) {
    node.put("label", line.label());
    node.put("arm", line.arm());
    node.put("colour", line.colour());
    node.put("kind", line.kind().key());
    node.put("around", line.around());
    ArrayNode values = node.putArray("values");
    for (double value : line.series().values()) {
      values.add(number(value));
    }
  }

  /** A number with six significant digits; null for none. */
  private static BigDecimal number(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).stripTrailingZeros() : null;
  }

  /** Escapes what could end a script element or begin a comment in it. */
  private static final class ForScripts extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      for (char c : new char[] {'<', '>', '&', '\'', '/', '-'}) {
        codes[c] = ESCAPE_STANDARD;
      }
      return codes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
