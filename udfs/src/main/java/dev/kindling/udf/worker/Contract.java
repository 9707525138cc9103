package dev.kindling.udf.worker;

import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns that parent and worker speak in, also in {@code docs/worker-schema.json}. To each
 * batch of requests the worker answers with one batch of as many rows, in the same order.
 */
public final class Contract {
  /** Name of the verifier that is to judge. */
  public static final String VERIFIER = "verifier";

  /** Accepted answers. */
  public static final String GOLD = "gold";

  /** JSON object with what the verifier needs besides; may be null. */
  public static final String CONTEXT = "context";

  /** The model's answer. */
  public static final String ANSWER = "answer";

  /** {@code CORRECT}, {@code WRONG}, {@code UNPARSEABLE}, {@code TIMEOUT} or {@code ERROR}. */
  public static final String VERDICT = "verdict";

  /** The part of the answer that was compared; null when none could be read. */
  public static final String EXTRACTED = "extracted";

  /** One sentence on a verdict other than {@code CORRECT}. */
  public static final String REASON = "reason";

  /** Schema of a batch that the parent sends. */
  public static final Schema REQUEST =
      new Schema(
          List.of(
              text(VERIFIER, false),
              new Field(
                  GOLD,
                  FieldType.notNullable(ArrowType.List.INSTANCE),
                  List.of(text("element", false))),
              text(CONTEXT, true),
              text(ANSWER, false)));

  /** Schema of a batch that the worker sends. */
  public static final Schema RESPONSE =
      new Schema(List.of(text(VERDICT, false), text(EXTRACTED, true), text(REASON, true)));

  private Contract() {}

  private static Field text(String name, boolean nullable) {
    return new Field(name, new FieldType(nullable, ArrowType.Utf8.INSTANCE, null), null);
  }
}
