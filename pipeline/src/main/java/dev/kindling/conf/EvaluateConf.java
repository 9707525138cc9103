package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.List;

/**
 * How progress is measured. Budgets and the end of thinking are the sampler's.
 *
 * @param every steps between evaluations; 0 never evaluates
 * @param samples answers per example
 * @param examples how many examples, from the start of the file; 0 takes all
 * @param k the k of each pass@k that is reported, ascending
 * @param temperature divisor of the logits; 0 takes the likeliest token
 */
public record EvaluateConf(
    int every, int samples, int examples, List<Integer> k, double temperature) {
  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public EvaluateConf {
    k = List.copyOf(k);
    new Check()
        .that(every >= 0, "evaluate.every", every, "must be >= 0")
        .that(samples >= 1, "evaluate.samples", samples, "must be >= 1")
        .that(examples >= 0, "evaluate.examples", examples, "must be >= 0")
        .that(
            !k.isEmpty()
                && k.stream().allMatch(each -> each >= 1 && each <= samples)
                && k.equals(k.stream().sorted().distinct().toList()),
            "evaluate.k",
            k,
            "must be ascending integers in [1, evaluate.samples = " + samples + "]")
        .that(
            temperature >= 0 && temperature <= 10,
            "evaluate.temperature",
            temperature,
            "must be in [0, 10]")
        .done();
  }
}
