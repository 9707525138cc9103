package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.dataset.DataSets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A set of examples that policies are evaluated on, and how: nothing is left to be inherited.
 *
 * @param name names its tables and figures
 * @param paths files of the examples
 * @param format how it is read
 * @param verifier who judges all of them; empty leaves that to each record
 * @param samples answers per example
 * @param examples how many examples, from the start of the file; 0 takes all
 * @param k the k of each figure, ascending
 * @param temperature divisor of the logits; 0 takes the likeliest token
 * @param topP share of probability that may be drawn, likeliest first
 */
public record EvaluationSet(
    String name,
    Paths paths,
    DataSets format,
    Optional<String> verifier,
    int samples,
    int examples,
    List<Integer> k,
    double temperature,
    double topP) {
  private static final Pattern ABSOLUTE =
      Pattern.compile("/|[A-Za-z][A-Za-z0-9+.-]*:/|(table|query):");

  /** Keeps its own copy of k. */
  public EvaluationSet {
    k = List.copyOf(k);
  }

  /** The figures of every k, and pass@1 always. */
  public List<Integer> ks() {
    TreeSet<Integer> all = new TreeSet<>(k);
    all.add(1);
    return List.copyOf(all);
  }

  /**
   * Names of the figures, for example {@code pass@16}; the first is pass@1. A vote of one sample is
   * that sample, {@code mean@1}.
   */
  public List<String> metrics() {
    List<String> names = new ArrayList<>();
    ks().forEach(each -> names.add("pass@" + each));
    ks().forEach(each -> names.add("mean@" + each));
    ks().stream().filter(each -> each > 1).forEach(each -> names.add("maj@" + each));
    names.add("log_p_hat");
    return names;
  }

  /** The figure by which an example is right or wrong: the vote of the largest k. */
  public String verdict() {
    int largest = ks().get(ks().size() - 1);
    return largest > 1 ? "maj@" + largest : "mean@1";
  }

  /** Whether both are the same examples, whatever is asked of a policy on them. */
  public boolean hasSameExamples(EvaluationSet other) {
    return name.equals(other.name) && paths.equals(other.paths) && format == other.format;
  }

  /** The same with its files in a folder; an absolute path and a URI stay what they are. */
  EvaluationSet in(String folder) {
    List<String> places =
        paths.each().stream()
            .map(path -> ABSOLUTE.matcher(path).lookingAt() ? path : folder + "/" + path)
            .toList();
    return with(new Paths(places));
  }

  /** The same with other files. */
  public EvaluationSet with(Paths others) {
    return new EvaluationSet(
        name, others, format, verifier, samples, examples, k, temperature, topP);
  }

  /** Adds the rules of the numbers, which stand under {@code key}. */
  void check(Check check, String key) {
    check
        .that(samples >= 1, key + ".samples", samples, "must be >= 1")
        .that(examples >= 0, key + ".examples", examples, "must be >= 0")
        .that(
            !k.isEmpty()
                && k.stream().allMatch(each -> each >= 1 && each <= samples)
                && k.equals(k.stream().sorted().distinct().toList()),
            key + ".k",
            k,
            "must be ascending integers in [1, " + key + ".samples = " + samples + "]")
        .that(
            temperature >= 0 && temperature <= 10,
            key + ".temperature",
            temperature,
            "must be in [0, 10]")
        .that(topP > 0 && topP <= 1, key + ".top_p", topP, "must be in (0, 1]");
  }
}
