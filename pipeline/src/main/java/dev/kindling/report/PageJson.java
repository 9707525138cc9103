package dev.kindling.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.report.Chart.Line;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;

/**
 * What the page's script draws and shows, as JSON that may stand inside a script element: no text
 * can close the element, and what JSON cannot hold (NaN, infinities) is null, which the charts show
 * as a gap.
 */
final class PageJson {
  // A screen shows no more, and the page stays small.
  private static final int DIGITS = 6;
  private static final ObjectMapper JSON = mapper();

  private PageJson() {}

  private static ObjectMapper mapper() {
    ObjectMapper mapper = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    mapper.getFactory().setCharacterEscapes(new ForScripts());
    return mapper;
  }

  /**
   * An object of {@code arms}, their names; {@code steps}, one array an arm; {@code charts} with
   * their lines; and {@code rollouts}.
   */
  static String of(List<Arm> arms, List<Chart> charts) {
    ObjectNode all = JSON.createObjectNode();
    ArrayNode names = all.putArray("arms");
    ArrayNode steps = all.putArray("steps");
    for (Arm arm : arms) {
      names.add(Text.visible(arm.name()));
      ArrayNode ofArm = steps.addArray();
      arm.metrics().forEach(row -> ofArm.add(row.step()));
    }
    ArrayNode drawn = all.putArray("charts");
    for (Chart chart : charts) {
      ArrayNode lines = drawn.addObject().put("unit", chart.unit().key()).putArray("lines");
      chart.lines().forEach(line -> put(lines.addObject(), line));
    }
    RolloutJson.put(all.putArray("rollouts"), arms);
    return text(all);
  }

  /** A tree as text. */
  static String text(JsonNode tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A tree of numbers and texts is JSON", impossible);
    }
  }

  private static void put(ObjectNode node, Line line) {
    node.put("label", line.label());
    node.put("arm", line.arm());
    node.put("colour", line.colour());
    node.put("kind", line.kind().key());
    Series series = line.series();
    put(node.putArray("values"), series.values());
    if (series.low().length > 0) {
      // Evaluations have steps of their own.
      ArrayNode steps = node.putArray("steps");
      Arrays.stream(series.steps()).forEach(steps::add);
      put(node.putArray("low"), series.low());
      put(node.putArray("high"), series.high());
    }
  }

  private static void put(ArrayNode array, double[] values) {
    Arrays.stream(values).forEach(value -> array.add(number(value, DIGITS)));
  }

  /** A number with so many significant digits; null for none. */
  static BigDecimal number(double value, int digits) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros()
        : null;
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
