package dev.kindling.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.row.EvaluationRow;
import dev.kindling.row.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names that trackers have for figures. */
class StepFiguresTest {
  @Test
  void whatHasAnotherNameInTrlIsAColumn() {
    assertThat(Table.METRICS.codec().schema().fieldNames()).containsAll(StepFigures.TRL.keySet());
  }

  @Test
  void figuresOfAnEvaluationBearTheNameOfItsSet() {
    assertThat(
            StepFigures.evaluated(
                List.of(
                    new EvaluationRow(3, "dev", "", "pass", 4, 0.25, 0.1, 0.4, 9, 4.0),
                    new EvaluationRow(3, "dev", "hard", "pass", 4, 0.5, 0.1, 0.9, 2, 4.0),
                    new EvaluationRow(3, "dev", "", "log_p_hat", 0, -2.0, -3.0, -1.0, 9, 4.0),
                    new EvaluationRow(3, "test", "", "maj", 4, null, null, null, 0, null))))
        .isEqualTo(Map.of("eval_dev/pass@4", 0.25, "eval_dev/log_p_hat", -2.0));
  }
}
