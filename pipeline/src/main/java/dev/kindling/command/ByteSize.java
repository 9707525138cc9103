package dev.kindling.command;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes as people write it: 5GB is 5 * 1000^3, 5GiB is 5 * 1024^3, and so is 5g as
 * Spark has it.
 */
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9}) ?([A-Za-z]+)");
  private static final Map<String, Long> UNITS = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    UNITS.put("B", 1L);
    UNITS.put("KB", 1_000L);
    UNITS.put("MB", 1_000_000L);
    UNITS.put("GB", 1_000_000_000L);
    UNITS.put("K", 1L << 10);
    UNITS.put("M", 1L << 20);
    UNITS.put("G", 1L << 30);
    UNITS.put("KiB", 1L << 10);
    UNITS.put("MiB", 1L << 20);
    UNITS.put("GiB", 1L << 30);
  }

  @Override
  public Long convert(String text) {
    Matcher matcher = SIZE.matcher(text);
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    long bytes = unit == null ? 0 : Long.parseLong(matcher.group(1)) * unit;
    if (bytes < 1) {
      throw new TypeConversionException(
          "'"
              + text
              + "' must be a number >= 1 with B, KB, MB, GB, KiB, MiB, GiB, or k, m, g as Spark has them");
    }
    return bytes;
  }
}
