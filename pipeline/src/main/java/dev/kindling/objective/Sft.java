package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * Supervised fine-tuning: maximises log p(z, y*|x) of given rationales and gold answers, every
 * sequence with the coefficient 1.
 *
 * @param aggregation how tokens are averaged; token-mean is usual
 */
public record Sft(Aggregation aggregation) implements Objective {
  /** Refuses the aggregation of the J_Q family. */
  public Sft {
    new Check()
        .that(
            aggregation.isChoice(),
            Aggregation.SETTING,
            aggregation.settingName(),
            Aggregation.RULE)
        .done();
  }

  @Override
  public String name() {
    return "sft";
  }

  /** Likelihood: what is trained on is the gold answer. */
  @Override
  public Success success() {
    return Success.LIKELIHOOD;
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(new SqlColumn("rationale_coef", "1E0"), new SqlColumn("answer_coef", "1E0"));
  }

  @Override
  public TokenLoss tokenLoss() {
    return new PolicyGradient();
  }
}
