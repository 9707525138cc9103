package dev.kindling.check;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The encoding of the locale. The virtual machine takes arguments and names files in it, whatever
 * its settings say; files are read and written in UTF-8 under any.
 */
public final class LocaleEncoding {
  private static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding"));
  private static final boolean IS_UTF_8 = CHARSET.equals(StandardCharsets.UTF_8);
  private static final String REMEDY =
      "; the locale's encoding is " + CHARSET + " (must be UTF-8; set LC_ALL=C.UTF-8)";

  // A character outside ASCII has two bytes or more; spark-submit writes each unknown one as ?.
  private static final Pattern LOST = Pattern.compile(IS_UTF_8 ? "\uFFFD" : "\uFFFD|\\?\\?");

  private LocaleEncoding() {}

  /** Refuses arguments of which characters were lost on their way. */
  public static void requireWhole(List<String> arguments) {
    List<String> lost =
        arguments.stream()
            .filter(argument -> LOST.matcher(argument).find())
            .map(argument -> "Cannot read the argument " + argument + why())
            .toList();
    if (!lost.isEmpty()) {
      throw new InvalidInputException(lost);
    }
  }

  private static String why() {
    return IS_UTF_8 ? "; it has bytes that are not UTF-8" : REMEDY;
  }

  /** Refuses the name of a local file that would be another one's. */
  public static void requireName(String file) {
    if (!IS_UTF_8 && !CHARSET.newEncoder().canEncode(file)) {
      throw new InvalidInputException("Cannot name the file " + file + REMEDY);
    }
  }
}
