package dev.kindling.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kindling.check.Check;
import dev.kindling.check.HalfPair;
import dev.kindling.check.InvalidInputException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One key of the configuration and the type that its record gives it.
 *
 * @param key dotted key, for example {@code sampler.samples}
 * @param type type of the value, without the optional around it
 * @param optional whether {@code null} is allowed
 */
record Setting(String key, Type type, boolean optional) {
  /** YAML takes 1e-4 for text, because its numbers need a point. */
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");

  /** The setting of a record's component within a section. */
  static Setting of(String section, RecordComponent component) {
    String key = section + "." + snakeCase(component.getName());
    if (component.getGenericType() instanceof ParameterizedType generic
        && generic.getRawType() == Optional.class) {
      return new Setting(key, generic.getActualTypeArguments()[0], true);
    }
    return new Setting(key, component.getGenericType(), false);
  }

  /** {@code promptsPerStep} as {@code prompts_per_step}. */
  static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /**
   * The value as its record takes it.
   *
   * @throws InvalidInputException naming key, value and type
   */
  Object read(JsonNode node) {
    if (optional) {
      return node.isNull() ? Optional.empty() : Optional.of(readPresent(node));
    }
    return readPresent(node);
  }

  /**
   * The value of {@code --set key=text}. Text needs no quotes there, nor does a single path, unless
   * it stands in brackets as a list of them does; everything else is YAML.
   *
   * @throws InvalidInputException when the text is not YAML
   */
  JsonNode parse(String text) {
    boolean onePath = type == Paths.class && !(text.startsWith("[") && text.endsWith("]"));
    boolean plainText = type == String.class || isEnum() || onePath;
    if (plainText && !(optional && text.equals("null"))) {
      return JsonNodeFactory.instance.textNode(text);
    }
    return new YamlText("--set " + key, text).parse();
  }

  /** The inverse of {@link #read}. */
  static JsonNode write(Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof Optional<?> present) {
      return present.<JsonNode>map(Setting::write).orElse(nodes.nullNode());
    } else if (value instanceof Paths paths) {
      return write(paths.each().size() == 1 ? paths.each().get(0) : paths.each());
    } else if (value instanceof List<?> list) {
      return nodes.arrayNode().addAll(list.stream().map(Setting::write).toList());
    } else if (value instanceof Record entry) {
      return Schema.section(entry);
    } else if (value instanceof Enum<?> constant) {
      return nodes.textNode(label(constant));
    } else if (value instanceof Boolean flag) {
      return nodes.booleanNode(flag);
    } else if (value instanceof Integer number) {
      return nodes.numberNode(number.intValue());
    } else if (value instanceof Long number) {
      return nodes.numberNode(number.longValue());
    } else if (value instanceof Double number) {
      return nodes.numberNode(number.doubleValue());
    }
    return nodes.textNode((String) value);
  }

  /** An enum's constant as the user writes it, for example {@code token-mean}. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Object readPresent(JsonNode node) {
    if (type == String.class) {
      return node.isTextual() ? unicode(node.asText()) : refuse(node, "text; put it in quotes");
    } else if (type == Paths.class) {
      return readPaths(node);
    } else if (type == boolean.class || type == Boolean.class) {
      return node.isBoolean() ? node.asBoolean() : refuse(node, "true or false");
    } else if (type == int.class || type == Integer.class) {
      return isInt(node) ? node.asInt() : refuse(node, "an integer of 32 bits");
    } else if (type == long.class) {
      boolean valid = node.isIntegralNumber() && node.canConvertToLong();
      return valid ? node.asLong() : refuse(node, "an integer of 64 bits");
    } else if (type == double.class || type == Double.class) {
      return readDouble(node);
    } else if (isEnum()) {
      return readEnum(node, (Class<?>) type);
    }
    Class<?> element = (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0];
    if (element == Integer.class) {
      return readIntegers(node);
    }
    if (element == String.class) {
      return readTexts(node);
    }
    return element.isRecord() ? readRecords(node, element) : readEnums(node, element);
  }

  private Object readPaths(JsonNode node) {
    List<String> paths = new ArrayList<>();
    for (JsonNode path : node.isArray() ? node : List.of(node)) {
      if (!path.isTextual()) {
        return refuse(node, "a path or a list of paths; put them in quotes");
      }
      paths.add(unicode(path.asText()));
    }
    return paths.isEmpty() ? refuse(node, "a path or a list of paths") : new Paths(paths);
  }

  private String unicode(String text) {
    int half = HalfPair.find(text);
    new Check().that(half < 0, key, HalfPair.escaped(text), HalfPair.rule(half)).done();
    return text;
  }

  private double readDouble(JsonNode node) {
    boolean plain = node.isTextual() && NUMBER.matcher(node.asText()).matches();
    double value =
        node.isNumber()
            ? node.doubleValue()
            : plain ? Double.parseDouble(node.asText()) : Double.NaN;
    return Double.isFinite(value) ? value : (double) refuse(node, "a finite number");
  }

  private Object readEnum(JsonNode node, Class<?> choices) {
    Enum<?>[] constants = (Enum<?>[]) choices.getEnumConstants();
    for (Enum<?> constant : constants) {
      if (node.isTextual() && node.asText().equals(label(constant))) {
        return constant;
      }
    }
    return refuse(
        node,
        "one of " + Arrays.stream(constants).map(Setting::label).collect(Collectors.joining(", ")));
  }

  private List<Object> readRecords(JsonNode node, Class<?> entry) {
    if (!node.isArray()) {
      refuse(node, "a list of maps");
    }
    Check check = new Check();
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      try {
        values.add(Schema.bindEntry(key + "[" + i + "]", entry, node.get(i)));
      } catch (InvalidInputException refused) {
        check.and(refused);
      }
    }
    check.done();
    return values;
  }

  private List<Object> readEnums(JsonNode node, Class<?> choices) {
    List<Object> values = new ArrayList<>();
    if (!node.isArray()) {
      refuse(node, "a list");
    }
    for (JsonNode element : node) {
      values.add(readEnum(element, choices));
    }
    return values;
  }

  private List<Integer> readIntegers(JsonNode node) {
    List<Integer> values = new ArrayList<>();
    boolean valid = node.isArray();
    for (JsonNode element : node) {
      valid &= isInt(element);
      values.add(element.asInt());
    }
    if (!valid) {
      refuse(node, "a list of integers of 32 bits");
    }
    return values;
  }

  private List<String> readTexts(JsonNode node) {
    List<String> values = new ArrayList<>();
    boolean valid = node.isArray();
    for (JsonNode element : node) {
      valid &= element.isTextual();
      values.add(unicode(element.asText()));
    }
    if (!valid) {
      refuse(node, "a list of texts; put them in quotes");
    }
    return values;
  }

  private Object refuse(JsonNode node, String expected) {
    throw new InvalidInputException(
        "Invalid " + key + ": " + Check.shown(node) + " (must be " + expected + ")");
  }

  private boolean isEnum() {
    return type instanceof Class<?> raw && raw.isEnum();
  }

  private static boolean isInt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }
}
