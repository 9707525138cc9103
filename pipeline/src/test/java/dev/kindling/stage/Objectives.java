package dev.kindling.stage;

import dev.kindling.objective.Aggregation;
import dev.kindling.objective.ClippedRatio;
import dev.kindling.objective.Estimator;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Grpo;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Paft;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.ReferenceKl;
import dev.kindling.objective.Success;
import java.util.List;
import java.util.Optional;

/** Objectives for the tests of stages, with what those tests vary. */
public final class Objectives {
  private Objectives() {}

  public static Objective garl(Success success, double q, boolean pathwise, boolean normalizeMq) {
    return Objective.of(new Garl(success, QSchedule.constant(q), pathwise, normalizeMq, 0));
  }

  public static Objective paft(double q, int resamples, boolean normalizeMq) {
    return Objective.of(
        new Paft(Success.LIKELIHOOD, QSchedule.constant(q), resamples, normalizeMq, 0));
  }

  public static Objective grpo(double kl, Aggregation aggregation) {
    ClippedRatio loss = new ClippedRatio(0.2, 0.2, 0);
    return new Objective(
        new Grpo(true, loss),
        loss,
        kl > 0 ? List.of(new ReferenceKl(kl, 0)) : List.of(),
        aggregation,
        1,
        Optional.empty(),
        Optional.empty());
  }

  public static Objective with(Estimator estimator, Aggregation aggregation) {
    return new Objective(
        estimator,
        estimator.paperLoss(),
        List.of(),
        aggregation,
        1,
        Optional.empty(),
        Optional.empty());
  }
}
