package dev.kindling.check;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256, by which files, configurations and scripts are told apart. */
public final class Sha256 {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private Sha256() {}

  /** A digest that bytes are yet to be added to. */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("Every Java platform has SHA-256", missing);
    }
  }

  /** Digest of some bytes, as {@link #text} writes it. */
  public static String of(byte[] content) {
    return text(begin().digest(content));
  }

  /** Digest of a text in UTF-8, as {@link #text} writes it. */
  public static String of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  /** A digest as text: 64 lower-case hexadecimal digits. */
  public static String text(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** Whether a text may be a digest; null is none. */
  public static boolean isOne(String text) {
    return text != null && HEX.matcher(text).matches();
  }
}
