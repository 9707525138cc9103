package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.engine.model.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/** Sharing a prompt saves work and changes nothing, for any groups of rows. */
class SharedPromptProperties {
  private static final Program PROGRAM = Program.load("layers.torchscript", "training.torchscript");

  @AfterContainer
  static void close() {
    PROGRAM.close();
  }

  @Property(tries = 40)
  void rowsThatShareAPromptHaveTheLogprobsAndGradientsOfRowsAlone(
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 4) Integer> rows,
      @ForAll long seed,
      @ForAll @IntRange(max = 2) int kept) {
    double[] flat = DoublePass.weights(Examples.FULL);
    List<Sequence> sequences = Examples.groups(rows, Examples.FULL, seed);
    Assume.that(MicroBatch.of(sequences, false, Examples.FULL).picks() > 0);
    DoublePass together = DoublePass.of(PROGRAM, Examples.FULL, flat, sequences, kept);
    double[] gradient = new double[flat.length];
    List<Double> logprobs = new ArrayList<>();
    for (Sequence sequence : sequences) {
      if (MicroBatch.of(List.of(sequence), false, Examples.FULL).picks() == 0) {
        continue;
      }
      DoublePass alone = DoublePass.of(PROGRAM, Examples.FULL, flat, List.of(sequence), 2);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += alone.gradient()[i];
      }
      Arrays.stream(alone.logprobs()).forEach(logprobs::add);
    }
    double[] separate = logprobs.stream().mapToDouble(Double::doubleValue).toArray();
    assertThat(together.logprobs()).containsExactly(separate, within(1e-12));
    assertThat(together.gradient()).containsExactly(gradient, within(1e-11));
  }
}
