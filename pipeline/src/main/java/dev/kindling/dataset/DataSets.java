package dev.kindling.dataset;

import java.util.Locale;

/** The data sets whose files are read, as {@code data.format} names them. */
public enum DataSets {
  /** FinQA's own files. */
  FINQA,
  /** HotpotQA's own files. */
  HOTPOTQA,
  /** JSON lines of our own. */
  JSONL,
  /** MuSiQue's own files. */
  MUSIQUE;

  /** What reads such a file. */
  public DataSetFormat format() {
    return switch (this) {
      case FINQA -> new JsonArrayFile(new FinqaFormat());
      case HOTPOTQA -> new JsonArrayFile(new HotpotqaFormat());
      case JSONL -> new JsonLinesFile(new JsonlFormat(), JsonlFormat::record);
      case MUSIQUE -> new JsonLinesFile(new MusiqueFormat());
    };
  }

  /** The name as settings and tables have it, for example {@code finqa}. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
