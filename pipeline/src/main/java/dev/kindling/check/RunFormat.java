package dev.kindling.check;

/**
 * The format of a run's files, which {@code config.yaml} and every commit name.
 *
 * <p>It is raised where a run of before could be read wrongly or not at all: a column that is
 * renamed, dropped or means something else, another layout of checkpoints or folders, another key
 * of a commit. A further column, a further file or a further setting with a default does not raise
 * it.
 */
public final class RunFormat {
  /** What this version writes and reads. */
  public static final int NUMBER = 6;

  /** The key of it. */
  public static final String KEY = "format";

  private RunFormat() {}

  /**
   * Holds that this version reads a file.
   *
   * @param file what messages call it
   * @param format what it says
   * @param version of Kindling that wrote it; null where the file does not say
   * @throws InvalidInputException naming both formats
   */
  public static void require(Object file, int format, String version) {
    if (format != NUMBER) {
      throw new InvalidInputException(
          "Cannot read %s: it has format %d%s (this version reads format %d: go on with the other version, or start another run)"
              .formatted(file, format, version == null ? "" : ", of Kindling " + version, NUMBER));
    }
  }
}
