package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.dataset.DataSets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How progress is measured. Budgets and the end of thinking are the sampler's.
 *
 * @param every steps between evaluations; 0 never evaluates
 * @param samples answers per example
 * @param examples how many examples, from the start of the file; 0 takes all
 * @param k the k of each figure that is reported, ascending
 * @param temperature divisor of the logits; 0 takes the likeliest token
 * @param topP share of probability that may be drawn, likeliest tokens first, in (0, 1]
 * @param folder folder that relative paths of the sets are in; empty takes them as they are
 * @param sets what is evaluated on; none leaves it to {@code data.eval_path}
 */
public record EvaluateConf(
    int every,
    int samples,
    int examples,
    List<Integer> k,
    double temperature,
    double topP,
    Optional<String> folder,
    List<EvaluationSetConf> sets) {
  /** Name of the set that {@code data.eval_path} is. */
  private static final String ONLY_SET = "eval";

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public EvaluateConf {
    k = List.copyOf(k);
    sets = List.copyOf(sets);
    EvaluationSet inherited =
        new EvaluationSet(
            ONLY_SET,
            new Paths(List.of()),
            DataSets.JSONL,
            Optional.empty(),
            samples,
            examples,
            k,
            temperature,
            topP);
    Check check = new Check().that(every >= 0, "evaluate.every", every, "must be >= 0");
    inherited.check(check, "evaluate");
    check
        .that(
            folder.isEmpty() || !folder.get().isBlank(),
            "evaluate.folder",
            folder.orElse(null),
            "must not be empty")
        .that(
            folder.isEmpty() || !sets.isEmpty(),
            "evaluate.folder",
            folder.orElse(null),
            "must be null while evaluate.sets is empty")
        // What a set inherits is refused where it stands, once.
        .done();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < sets.size(); i++) {
      EvaluationSetConf set = sets.get(i);
      String key = "evaluate.sets[" + i + "]";
      set.check(check, key);
      check.that(names.add(set.name()), key + ".name", set.name(), "must be that of one set alone");
      set.over(inherited).check(check, key);
    }
    check.done();
  }

  /**
   * The sets that these settings and those of the data come to.
   *
   * @param data gives the format that sets inherit, and the only set's file where {@link #sets} is
   *     empty
   * @param verifier the one that sets inherit; empty leaves it to each record
   */
  List<EvaluationSet> resolved(DataConf data, Optional<String> verifier) {
    EvaluationSet inherited =
        new EvaluationSet(
            ONLY_SET,
            data.evalPath().orElse(new Paths(List.of())),
            data.format(),
            verifier,
            samples,
            examples,
            k,
            temperature,
            topP);
    if (sets.isEmpty()) {
      return data.evalPath().isPresent() ? List.of(inherited) : List.of();
    }
    return sets.stream()
        .map(set -> set.over(inherited))
        .map(set -> folder.map(path -> set.in(path.replaceFirst("/+$", ""))).orElse(set))
        .toList();
  }
}
