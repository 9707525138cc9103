package dev.kindling.udf;

import java.util.List;

/**
 * A verifier of your own in Java. Kindling finds it in a jar that Spark is given ({@code --jars})
 * by {@link java.util.ServiceLoader}: the jar's file {@code
 * META-INF/services/dev.kindling.udf.Verifier} names the class, which is public and has a
 * constructor without parameters. From then on its name stands wherever a verifier's name can, and
 * in SQL as that of {@code kindling_verify}.
 *
 * <p>One object judges all answers of an executor, several threads at once. It must be a pure
 * function, so that a rerun of the scores gives the same rows. Nothing stops one that does not end:
 * what may take long belongs into a process of its own.
 */
public interface Verifier {
  /** The name in settings and records: lower-case letters, digits and {@code _}. */
  String name();

  /**
   * Judges one answer. An exception is an {@link Verdict#ERROR} with its message as the reason.
   *
   * @param goldAnswers accepted answers, at least one, none null
   * @param context JSON object of the record; null or {@code {}} where it has none
   * @param answer the model's answer, not null, at most {@link Verifiers#MAX_ANSWER_CHARS} long
   * @return the verdict
   */
  Judgement judge(List<String> goldAnswers, String context, String answer);

  /**
   * Whether two answers are one, as a vote among answers has it. Asked of what {@link
   * Judgement#extracted} gives; equal texts always are.
   *
   * @param context as for {@link #judge}
   */
  default boolean isSame(String context, String one, String other) {
    return one.equals(other);
  }
}
