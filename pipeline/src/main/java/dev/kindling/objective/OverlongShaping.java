package dev.kindling.objective;

import dev.kindling.check.Check;
import java.io.Serializable;

/**
 * DAPO's soft overlong punishment (arXiv:2503.14476, equation 13): a completion that comes within
 * {@code cache} tokens of the limit loses reward, linearly up to {@code factor} at the limit.
 *
 * @param limit the longest completion, rationale and answer, in tokens
 * @param cache the stretch before the limit that is punished, in tokens, 1 to {@code limit}
 * @param factor the most that is taken from a reward, above 0; the paper's is 1
 */
public record OverlongShaping(long limit, long cache, double factor) implements Serializable {
  /** Refuses values that are out of range. */
  public OverlongShaping {
    new Check()
        .that(
            cache >= 1 && cache <= limit,
            "objective.overlong.cache",
            cache,
            "must be 0 (off), or in [1, " + limit + "], the longest completion")
        .that(
            factor > 0 && factor < Double.POSITIVE_INFINITY,
            "objective.overlong.factor",
            factor,
            "must be > 0 and finite")
        .done();
  }

  /** What is added to a reward, as SQL over {@code tokens}, the completion's length. */
  public String expression() {
    return "%s * greatest(-1E0, least(0E0, (%d - tokens) / %s))"
        .formatted(SqlColumn.literal(factor), limit - cache, SqlColumn.literal((double) cache));
  }
}
