package dev.kindling.template;

/** The escapes of a Python text literal. */
final class Escapes {
  private static final String SIMPLE = "\\'\"abfnrtv";
  private static final String VALUES = "\\'\"\u0007\b\f\n\r\t\u000b";

  private Escapes() {}

  /** How many characters the escape behind a backslash has. */
  static int length(String source, int at) {
    char c = source.charAt(at);
    int hex = hexDigits(c);
    if (hex > 0 && code(source, at) >= 0) {
      return 1 + hex;
    }
    int octal = 0;
    while (octal < 3 && at + octal < source.length() && isOctal(source.charAt(at + octal))) {
      octal++;
    }
    return Math.max(1, octal);
  }

  /** Appends what the escape behind a backslash stands for; an unknown one stands for itself. */
  static void append(StringBuilder out, String source, int at) {
    char c = source.charAt(at);
    int simple = SIMPLE.indexOf(c);
    if (simple >= 0) {
      out.append(VALUES.charAt(simple));
    } else if (isOctal(c)) {
      out.append((char) Integer.parseInt(source.substring(at, at + length(source, at)), 8));
    } else if (hexDigits(c) > 0 && code(source, at) >= 0) {
      out.appendCodePoint(code(source, at));
    } else if (c != '\n') { // a backslash joins two lines
      out.append('\\').append(c);
    }
  }

  private static int hexDigits(char c) {
    return switch (c) {
      case 'x' -> 2;
      case 'u' -> 4;
      case 'U' -> 8;
      default -> 0;
    };
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }

  private static int code(String source, int at) {
    int end = at + 1 + hexDigits(source.charAt(at));
    String digits = end <= source.length() ? source.substring(at + 1, end) : "";
    boolean isHex = !digits.isEmpty() && digits.chars().allMatch(d -> Character.digit(d, 16) >= 0);
    long code = isHex ? Long.parseLong(digits, 16) : -1;
    return code <= Character.MAX_CODE_POINT ? (int) code : -1;
  }
}
