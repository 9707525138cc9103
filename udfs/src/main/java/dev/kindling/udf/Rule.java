package dev.kindling.udf;

import dev.kindling.udf.math.Algebra;
import java.util.List;

/**
 * A verifier as it is called. Those that come along take time and memory linear in their input:
 * that, with the cap on the answer's length in {@link Verifiers}, is what bounds them, and no
 * thread or clock is needed. Only algebra, which has no such bound, is asked of processes that can
 * be stopped.
 */
interface Rule {
  /**
   * Judges one answer.
   *
   * @param goldAnswers accepted answers, at least one, none null; matching one of them is enough
   * @param context JSON object with what the verifier needs besides; null or {@code {}} for those
   *     that need none
   * @param answer the model's answer, not null, at most {@link Verifiers#MAX_ANSWER_CHARS} long
   * @param algebra for those that need it
   * @return the verdict
   * @throws IllegalArgumentException if a gold answer or the context cannot be used
   */
  Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra);

  /**
   * Whether two answers are one, as a vote among answers has it. Asked of what {@link
   * Judgement#extracted} gives, of which many verifiers keep a normal form: there equal texts are
   * equal answers, and nothing else is.
   *
   * @param context as for {@link #judge}
   * @param one an extracted answer, the earlier one where the relation has a direction
   * @param other another
   * @throws IllegalArgumentException if the context cannot be used
   */
  default boolean isSame(String context, String one, String other, Algebra algebra) {
    return one.equals(other);
  }

  /** Whether answers cannot be judged without a context. */
  default boolean needsContext() {
    return false;
  }
}
