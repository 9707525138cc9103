package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.dataset.DataSets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One entry of {@code evaluate.sets}, as the user writes it; {@link EvaluationSet} is what it comes
 * to. What is empty is inherited.
 *
 * @param name names the set's tables and figures
 * @param path file of the examples
 * @param format how it is read; empty takes {@code data.format}
 * @param verifier who judges; empty takes {@code verifier.name}
 * @param samples answers per example; empty takes {@code evaluate.samples}
 * @param examples how many examples, from the start of the file, 0 for all; empty takes {@code
 *     evaluate.examples}
 * @param k the k of each figure, ascending; empty takes {@code evaluate.k}, or 1 and {@code
 *     samples} where those are given
 * @param temperature divisor of the logits, 0 for the likeliest token; empty takes {@code
 *     evaluate.temperature}
 * @param topP share of probability that may be drawn; empty takes {@code evaluate.top_p}
 */
public record EvaluationSetConf(
    String name,
    String path,
    Optional<DataSets> format,
    Optional<String> verifier,
    Optional<Integer> samples,
    Optional<Integer> examples,
    Optional<List<Integer>> k,
    Optional<Double> temperature,
    Optional<Double> topP) {
  // A folder's name; one that begins with a digit could be taken for a table's.
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");

  /** Adds the rules of the entry's texts; its numbers are checked by what it comes to. */
  void check(Check check, String key) {
    check
        .that(
            NAME.matcher(name).matches(),
            key + ".name",
            name,
            "must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter")
        .that(!path.isBlank(), key + ".path", path, "must not be empty")
        .that(
            verifier.isEmpty() || !verifier.get().isBlank(),
            key + ".verifier",
            verifier.orElse(null),
            "must not be empty");
  }

  /** This entry with all that it leaves out taken from another set. */
  EvaluationSet over(EvaluationSet inherited) {
    int number = samples.orElse(inherited.samples());
    return new EvaluationSet(
        name,
        new Paths(List.of(path)),
        format.orElse(inherited.format()),
        verifier.or(inherited::verifier),
        number,
        examples.orElse(inherited.examples()),
        k.orElse(samples.isPresent() ? ends(number) : inherited.k()),
        temperature.orElse(inherited.temperature()),
        topP.orElse(inherited.topP()));
  }

  private static List<Integer> ends(int samples) {
    return samples <= 1 ? List.of(1) : List.of(1, samples);
  }
}
