package dev.kindling.command;

import static dev.kindling.command.SmallRun.PROMPTS;
import static dev.kindling.command.SmallRun.SAMPLES;
import static dev.kindling.command.SmallRun.UPDATES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.Commit;
import dev.kindling.io.RunFolder;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.StepRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three steps of garl with carried estimates through the command line, and everything that they
 * leave behind.
 */
class RunLoopTest {
  private static final int STEPS = 3;
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @TempDir static Path temporary;
  private static CommandResult result;
  private static RunFolder run;

  @BeforeAll
  static void train() throws IOException {
    Path heldOut = temporary.resolve("held-out.jsonl");
    Files.write(heldOut, new ArithmeticProblems(2).task(3, true));
    List<String> settings =
        SmallRun.settings(
            temporary,
            "loop",
            "objective.carry=0.5",
            "data.eval_path=" + heldOut,
            "evaluate.every=2",
            "evaluate.samples=2",
            "evaluate.k=[1,2]");
    result = CommandResult.of(SmallRun.arguments("train", settings));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    run = SmallRun.folder(temporary, "loop");
  }

  static List<Table<?>> tables() {
    // Others are of data sets, not of steps.
    return Table.all().stream()
        .filter(table -> table != Table.LEFT_OUT && table != Table.PROFILE)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyTableHasTheRowsOfItsStage(long step) throws IOException {
    Map<String, Integer> rows = new TreeMap<>();
    SmallRun.tables(run, step).forEach((table, content) -> rows.put(table, content.size()));
    // A likelihood is never 0, so garl trains on every rollout; the steps visit different examples.
    assertThat(rows)
        .isEqualTo(
            new TreeMap<>(
                Map.of(
                    "1-prompts", 4,
                    "2-rollouts", 16,
                    "3-scores", 16,
                    "4-weights", 4,
                    "4-carried", 4 * (int) step,
                    "5-batches", 16,
                    "6-step", 2,
                    "8-metrics", 1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theCommitCountsTheRowsThatTheFilesHave(long step) throws IOException {
    Commit commit = run.readCommit(step);
    Map<String, Long> written = new TreeMap<>();
    List<Table<?>> tables = new ArrayList<>(Table.ofStep());
    tables.add(Table.CARRIED);
    for (Table<?> table : tables) {
      long rows = 0;
      for (ParquetMetadata footer : footers(step, table)) {
        rows += footer.getBlocks().stream().mapToLong(block -> block.getRowCount()).sum();
      }
      written.put(table.name(), rows);
    }
    assertThat(commit.rows()).isEqualTo(written);
    assertThat(commit.position()).isEqualTo(PROMPTS * step);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void filesHaveTheColumnsOfTheSchemaFileAndAreZstd(Table<?> table) throws IOException {
    List<String> described = new ArrayList<>();
    for (JsonNode column : schema(table)) {
      described.add(column.get("name").asText() + " " + column.get("type").asText());
    }
    for (ParquetMetadata footer : footers(STEPS, table)) {
      assertThat(footer.getFileMetaData().getSchema().getFields())
          .extracting(field -> field.getName() + " " + typeName(field))
          .isEqualTo(described);
      assertThat(footer.getBlocks())
          .flatExtracting(block -> block.getColumns())
          .allMatch(column -> column.getCodec() == CompressionCodecName.ZSTD);
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void columnsThatAreNeverNullAreNot(Table<?> table) throws IOException {
    List<String> nulls = new ArrayList<>();
    for (JsonNode column : schema(table)) {
      if (!column.get("nullable").asBoolean()) {
        String name = column.get("name").asText();
        nulls.add("count_if(%s IS NULL) AS %1$s".formatted(name));
        if (column.get("type").asText().startsWith("list")) {
          nulls.add("count_if(exists(%s, x -> x IS NULL)) AS %1$s_elements".formatted(name));
        }
      }
    }
    // The first evaluation is due after two steps.
    for (long step = table == Table.EVALUATIONS ? 2 : 1; step <= STEPS; step++) {
      Row counts =
          SmallRun.spark()
              .read()
              .parquet(SmallRun.path(run, step, table).toString())
              .selectExpr(nulls.toArray(new String[0]))
              .first();
      for (int i = 0; i < counts.size(); i++) {
        assertThat(counts.getLong(i)).as(counts.schema().fieldNames()[i]).isZero();
      }
    }
  }

  @Test
  void anEpochVisitsEveryExampleOnceUnderTheNewestPolicy() throws IOException {
    List<String> seen = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    for (long step = 1; step <= STEPS; step++) {
      for (PromptRow prompt : SmallRun.rows(run, step, Table.PROMPTS)) {
        seen.add(prompt.exampleId());
        places.add(prompt.position());
      }
      assertThat(SmallRun.rows(run, step, Table.ROLLOUTS))
          .extracting(RolloutRow::policyVersion)
          .containsOnly(step - 1);
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize(SmallRun.EXAMPLES);
    assertThat(places)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 12).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void metricsAreThoseOfTheStepsTables(long step) throws IOException {
    MetricsRow metrics = SmallRun.rows(run, step, Table.METRICS).get(0);
    List<ScoreRow> scores = SmallRun.rows(run, step, Table.SCORES);
    List<WeightRow> weights = SmallRun.rows(run, step, Table.WEIGHTS);
    List<StepRow> updates = SmallRun.rows(run, step, Table.STEP);
    assertThat(metrics.step()).isEqualTo(step);
    assertThat(metrics.epoch()).isEqualTo(step / 3.0);
    assertThat(metrics.prompts()).isEqualTo(PROMPTS);
    assertThat(metrics.rollouts()).isEqualTo(PROMPTS * SAMPLES);
    assertThat(metrics.rows() + metrics.rowsSaved()).isEqualTo(PROMPTS * SAMPLES);
    assertThat(metrics.rows()).isEqualTo(updates.get(0).rows() + updates.get(1).rows());
    assertThat(metrics.reward())
        .isEqualTo(scores.stream().mapToDouble(ScoreRow::reward).average().orElseThrow());
    assertThat(metrics.logPHat())
        .isCloseTo(
            weights.stream().mapToDouble(WeightRow::logPHat).average().orElseThrow(),
            within(1e-12));
    assertThat(metrics.loss())
        .isCloseTo((updates.get(0).loss() + updates.get(1).loss()) / UPDATES, within(1e-12));
  }

  @Test
  void samplerAndTrainerAgreeInBfloat16WithinTheBoundsOfThatPrecision() throws IOException {
    List<String> settings =
        SmallRun.settings(temporary, "half", "run.steps=1", "model.precision=bfloat16");
    List<StepRow> updates = SmallRun.rows(SmallRun.train(settings, false), 1, Table.STEP);
    // The policy of a later update is no longer the one that sampled.
    StepRow first = updates.stream().filter(row -> row.update() == 0).findFirst().orElseThrow();
    // Both round to eight bits, in another order.
    assertThat(first.mismatchMax()).isBetween(1e-5, 0.5);
    assertThat(first.tokens()).isPositive();
  }

  @Test
  void updatesAreNumberedAndChangeThePolicy() throws IOException {
    for (long step = 1; step <= STEPS; step++) {
      List<StepRow> updates = SmallRun.rows(run, step, Table.STEP);
      assertThat(updates).extracting(StepRow::update).containsExactlyInAnyOrder(0, 1);
      assertThat(updates).extracting(StepRow::gradNorm).allMatch(norm -> norm > 0);
      assertThat(updates).extracting(StepRow::learningRate).containsOnly(0.01);
    }
    List<String> digests = new ArrayList<>();
    SmallRun.checkpoints(run).forEach(files -> files.forEach(file -> digests.add(file.sha256())));
    assertThat(digests).doesNotHaveDuplicates().hasSize(3 * (STEPS + 1));
  }

  @Test
  void evaluationsAreMadeWhenDueAndAfterTheLastStep() throws IOException {
    List<Double> accuracies = new ArrayList<>();
    for (long step = 1; step <= STEPS; step++) {
      accuracies.add(SmallRun.rows(run, step, Table.METRICS).get(0).evalPassAt1());
    }
    assertThat(accuracies.get(0)).isNull();
    assertThat(accuracies.subList(1, 3)).doesNotContainNull();
    for (long step = 2; step <= STEPS; step++) {
      assertThat(
              Table.SCORES.read(SmallRun.spark(), run.evaluation(step) + "/eval/3-scores").count())
          .isEqualTo(3 * 2);
    }
  }

  @Test
  void theFolderHoldsWhatARunConsistsOfAndNothingElse() throws IOException {
    assertThat(names(temporary.resolve("loop")))
        .containsExactlyInAnyOrder(
            "config.yaml",
            "model",
            "prompts",
            "prompts.json",
            "evaluation-prompts",
            "step-000000",
            "step-000001",
            "step-000002",
            "step-000003",
            "checkpoints",
            "evaluations",
            "metrics",
            "metrics.jsonl",
            "trackers.json",
            "lock",
            "status.json",
            "report.html");
    assertThat(names(temporary.resolve("loop/step-000003")))
        .containsExactlyInAnyOrder(
            "1-prompts",
            "1-prompts.json",
            "2-rollouts",
            "2-rollouts.json",
            "3-scores",
            "3-scores.json",
            "4-weights",
            "4-weights.json",
            "4-carried",
            "4-carried.json",
            "5-batches",
            "5-batches.json",
            "6-step",
            "6-step.json",
            "commit.json");
    assertThat(names(temporary.resolve("loop/lock"))).isEmpty();
    assertThat(names(temporary.resolve("loop/checkpoints/step-000003")))
        .containsExactlyInAnyOrder(
            "slice-00000-of-00003.safetensors",
            "slice-00001-of-00003.safetensors",
            "slice-00002-of-00003.safetensors");
  }

  @Test
  void theReportIsWrittenAndNamed() throws IOException {
    assertThat(result.out()).contains("Report: " + run.report());
    assertThat(Files.readString(SmallRun.local(run.report())))
        .contains("3 of 3 steps are committed.");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static JsonNode schema(Table<?> table) throws IOException {
    return YAML.readTree(Path.of("..", "data-schemas", table.name() + ".yaml").toFile())
        .get("columns");
  }

  private static List<ParquetMetadata> footers(long step, Table<?> table) throws IOException {
    List<ParquetMetadata> footers = new ArrayList<>();
    for (String name : names(SmallRun.local(SmallRun.path(run, step, table)))) {
      if (name.endsWith(".parquet")) {
        var file = new org.apache.hadoop.fs.Path(SmallRun.path(run, step, table), name);
        try (ParquetFileReader reader =
            ParquetFileReader.open(
                HadoopInputFile.fromPath(
                    file, SmallRun.spark().sparkContext().hadoopConfiguration()))) {
          footers.add(reader.getFooter());
        }
      }
    }
    assertThat(footers).isNotEmpty();
    return footers;
  }

  /** A Parquet type as the schema files write it. */
  private static String typeName(Type type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    if (LogicalTypeAnnotation.listType().equals(logical)) {
      Type repeated = type.asGroupType().getType(0);
      return "list<" + typeName(repeated.asGroupType().getType(0)) + ">";
    }
    if (LogicalTypeAnnotation.stringType().equals(logical)) {
      return "string";
    }
    assertThat(logical).as(type.getName()).isNull();
    return type.asPrimitiveType().getPrimitiveTypeName().name().toLowerCase(Locale.ROOT);
  }
}
