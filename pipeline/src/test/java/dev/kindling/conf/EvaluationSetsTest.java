package dev.kindling.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.dataset.DataSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What evaluation sets are made of, and how a run names their figures. */
class EvaluationSetsTest {
  private static final Path FOLDER = Path.of("..", "conf", "evaluations");
  private static final String TWO =
      """
      data:
        format: math500
      verifier:
        name: number
      evaluate:
        every: 2
        temperature: 0.5
        folder: hdfs:///data/
        sets:
          - name: aime24
            path: aime24/test.jsonl
            format: aime
            samples: 16
            top_p: 0.95
          - name: QA
            path: qa.jsonl
            verifier: substring_match
            examples: 100
            k: [2]
            temperature: 0
      """;

  private static Configuration load(String yaml, String... sets) {
    return Configuration.load(List.of(new YamlText("mine.yaml", yaml)), List.of(sets));
  }

  @Test
  void aSetInheritsWhatItLeavesOut() {
    assertThat(load(TWO).evaluationSets())
        .containsExactly(
            new EvaluationSet(
                "aime24",
                new Paths(List.of("hdfs:///data/aime24/test.jsonl")),
                DataSets.AIME,
                Optional.of("number"),
                16,
                0,
                List.of(1, 16),
                0.5,
                0.95),
            new EvaluationSet(
                "QA",
                new Paths(List.of("hdfs:///data/qa.jsonl")),
                DataSets.MATH500,
                Optional.of("substring_match"),
                4,
                100,
                List.of(2),
                0,
                1));
  }

  @Test
  void theFileOfTheDataIsTheOneSetEval() {
    List<EvaluationSet> sets =
        load("", "data.eval_path=held-out.jsonl", "evaluate.top_p=0.9").evaluationSets();
    assertThat(sets)
        .containsExactly(
            new EvaluationSet(
                "eval",
                new Paths(List.of("held-out.jsonl")),
                DataSets.JSONL,
                Optional.empty(),
                4,
                0,
                List.of(1, 4),
                1,
                0.9));
    assertThat(load("").evaluationSets()).isEmpty();
  }

  @Test
  void anAbsolutePathIsNotThatOfTheFolder() {
    assertThat(
            load(
                    "",
                    "evaluate.folder=data",
                    "evaluate.sets=[{name: a, path: /b}, {name: b, path: \"s3a://c/b\"}, {name: c, path: b}]")
                .evaluationSets())
        .extracting(set -> set.paths().toString())
        .containsExactly("/b", "s3a://c/b", "data/b");
  }

  @Test
  void figuresAreThoseOfEveryKAndPassAtOneAlways() {
    assertThat(load(TWO).evaluationSets().get(1).metrics())
        .containsExactly("pass@1", "pass@2", "mean@1", "mean@2", "maj@2", "log_p_hat");
  }

  @Test
  void setsReadBackAsTheyWereWritten() {
    Configuration written = load(TWO, "run.keep_best.metric=maj@16");
    assertThat(load(written.toYaml())).isEqualTo(written);
  }

  @Test
  void anExampleIsReadAsItsSetSays() {
    Configuration both = load(TWO);
    Configuration reading = both.forReading(both.evaluationSets().get(1));
    assertThat(reading.data().format()).isEqualTo(DataSets.MATH500);
    assertThat(reading.verifier().name()).contains("substring_match");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evaluate.sets=5 | Invalid evaluate.sets: 5 (must be a list of maps)",
        "evaluate.sets=[5] | Invalid evaluate.sets[0]: 5 (must be a map)",
        "evaluate.sets=[{name: a}] | Missing key evaluate.sets[0].path",
        "evaluate.sets=[{name: a, path: b, sampels: 2}] | Unknown key evaluate.sets[0].sampels (did you mean evaluate.sets[0].samples?)",
        "evaluate.sets=[{name: a, path: b}, {name: c, path: b, samples: x}] | Invalid evaluate.sets[1].samples: \"x\" (must be an integer of 32 bits)",
        "evaluate.sets=[{name: a, path: b, samples: 0}] | Invalid evaluate.sets[0].samples: 0 (must be >= 1)",
        "evaluate.sets=[{name: a, path: b, k: [8]}] | Invalid evaluate.sets[0].k: [8] (must be ascending integers in [1, evaluate.sets[0].samples = 4])",
        "evaluate.sets=[{name: a, path: b, top_p: 0}] | Invalid evaluate.sets[0].top_p: 0.0 (must be in (0, 1])",
        "evaluate.sets=[{name: a, path: b, format: csv}] | Invalid evaluate.sets[0].format: \"csv\" (must be one of aime",
        "evaluate.sets=[{name: 1a, path: b}] | Invalid evaluate.sets[0].name: 1a (must be 1 to 64 letters",
        "evaluate.sets=[{name: a, path: b}, {name: a, path: c}] | Invalid evaluate.sets[1].name: a (must be that of one set alone)",
        "evaluate.folder=/data | Invalid evaluate.folder: /data (must be null while evaluate.sets is empty)",
        "evaluate.samples=2 | Invalid evaluate.k: [1, 4] (must be ascending integers in [1, evaluate.samples = 2])",
      })
  void aBadSetIsRefusedByItsPlace(String set, String message) {
    assertThatThrownBy(() -> load("", set))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aFileBesideSetsIsRefused() {
    assertThatThrownBy(() -> load(TWO, "data.eval_path=b.jsonl"))
        .hasMessage(
            "Invalid data.eval_path: b.jsonl (must be null while evaluate.sets names its files: make it one of them)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.keep_best.metric=pass@2 | Invalid run.keep_best.metric: pass@2 (must be one of [pass@1, pass@16, mean@1, mean@16, maj@16, log_p_hat] with set aime24)",
        "run.stop_when.set=QA | Invalid run.stop_when.set: QA (must be null while run.stop_when.metric is null)",
        "run.stop_when.patience=0 | Invalid run.stop_when.patience: 0 (must be >= 1)",
      })
  void aFigureThatIsNotMadeIsRefused(String set, String message) {
    assertThatThrownBy(() -> load(TWO, set)).hasMessage(message);
  }

  @Test
  void theBestIsAskedForOnlyWhereThereIsOneAndItWouldGo() {
    assertThatThrownBy(() -> load(TWO, "run.keep_best.set=aime25", "run.keep_best.metric=pass@1"))
        .hasMessage("Invalid run.keep_best.set: aime25 (must be one of [aime24, QA])");
    assertThatThrownBy(() -> load("", "run.stop_when.metric=pass@1"))
        .hasMessage("Invalid run.stop_when.metric: pass@1 (must be null while evaluate.every = 0)");
    assertThatThrownBy(() -> load(TWO, "run.keep_best.metric=pass@1", "run.keep_checkpoints=0"))
        .hasMessage(
            "Invalid run.keep_best.metric: pass@1 (must be null while run.keep_checkpoints = 0 keeps all)");
  }

  static List<Path> protocols() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void everyProtocolIsACommentAndSetsThatAreRead(Path protocol) throws IOException {
    String text = Files.readString(protocol);
    assertThat(text).startsWith("# ");
    assertThat(load(text, "evaluate.every=1").evaluationSets()).isNotEmpty();
  }
}
