package dev.kindling.dataset;

import java.util.Locale;
import java.util.Optional;

/** The data sets that are read, as {@code data.format} names them. */
public enum DataSets {
  /** AIME's problems of a year. */
  AIME,
  /** DAPO-Math-17k. */
  DAPO_MATH,
  /** FinQA's own files. */
  FINQA,
  /** GSM8K's own files. */
  GSM8K,
  /** HotpotQA's own files. */
  HOTPOTQA,
  /** JSON lines of our own. */
  JSONL,
  /** MATH-500. */
  MATH500,
  /** The courses' problems that Minerva was tested on. */
  MINERVA,
  /** MuSiQue's own files. */
  MUSIQUE,
  /** OlympiadBench's open-ended problems in text. */
  OLYMPIADBENCH,
  /** Whatever Spark reads. */
  SPARK;

  /** What reads such a file; empty where Spark does. */
  public Optional<DataSetFormat> format() {
    return Optional.ofNullable(reader());
  }

  private DataSetFormat reader() {
    return switch (this) {
      case AIME -> new JsonLinesFile(new AimeFormat());
      case DAPO_MATH -> new JsonLinesFile(new DapoMathFormat());
      case FINQA -> new JsonArrayFile(new FinqaFormat());
      case GSM8K -> new JsonLinesFile(new Gsm8kFormat());
      case HOTPOTQA -> new JsonArrayFile(new HotpotqaFormat());
      case JSONL -> new JsonLinesFile(new JsonlFormat(), JsonlFormat::record);
      case MATH500 -> new JsonLinesFile(new Math500Format());
      case MINERVA -> new JsonLinesFile(new MinervaFormat());
      case MUSIQUE -> new JsonLinesFile(new MusiqueFormat());
      case OLYMPIADBENCH -> new JsonLinesFile(new OlympiadbenchFormat());
      case SPARK -> null;
    };
  }

  /** The name as settings and tables have it, for example {@code finqa}. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
