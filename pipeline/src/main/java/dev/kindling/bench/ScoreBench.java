package dev.kindling.bench;

import dev.kindling.report.TextTable;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Answers judged a second by the verifiers, as functions of Spark over a cached table of made-up
 * answers, half of them right; mathematics beside Math-Verify where a Python has it.
 */
public final class ScoreBench {
  /** Answers that the Python reference is given: it is slower. */
  private static final int REFERENCE_ROWS = 2000;

  private static final String FRACTION =
      "concat('\\\\frac{', pmod(id, 97) + 1, '}{', pmod(id, 89) + 2, '}')";

  private final SparkSession spark;
  private final int repeats;
  private final Optional<String> python;

  /**
   * What is judged.
   *
   * @param name line of the table
   * @param rows answers
   * @param gold SQL of the gold answer, of {@code id}
   * @param answer SQL of an answer that is right for even ids
   * @param right SQL that is true for an answer judged right
   */
  private record Work(String name, long rows, String gold, String answer, String right) {}

  private static final List<Work> WORKS =
      List.of(
          new Work(
              "exact_match",
              400_000,
              "concat('City of ', pmod(id, 1009), ' towers')",
              "concat('the CITY of ', pmod(id + pmod(id, 2), 1009), ' towers.')",
              verdict("exact_match")),
          new Work(
              "hotpotqa_f1",
              400_000,
              "concat('City of ', pmod(id, 1009), ' towers')",
              "concat('the CITY of ', pmod(id + pmod(id, 2), 1009), ' towers.')",
              "hotpotqa_f1(array(gold), answer) = 1"),
          new Work(
              "finqa_number",
              400_000,
              "CAST((pmod(id, 9973) + 1) / 1000 AS STRING)",
              "concat('It rose by ', (pmod(id, 9973) + 1 + pmod(id, 2)) / 10, ' %.')",
              verdict("finqa_number")),
          new Work(
              "math, arithmetic",
              200_000,
              FRACTION,
              "concat('So it is \\\\boxed{', 3 * (pmod(id, 97) + 1 + pmod(id, 2)), '/', 3 * (pmod(id, 89) + 2), '}.')",
              verdict("math")),
          new Work(
              "math, 1 % hostile",
              200_000,
              FRACTION,
              "CASE WHEN pmod(id, 100) = 1 THEN concat(repeat('{', 20000), '9^{9^{9^{9}}}')"
                  + " ELSE concat('So it is \\\\boxed{', 3 * (pmod(id, 97) + 1 + pmod(id, 2)), '/', 3 * (pmod(id, 89) + 2), '}.') END",
              verdict("math")),
          new Work(
              "math, algebra",
              8_000,
              "concat('(x+', pmod(id, 997), ')^2 \\\\sqrt{', pmod(id, 13) + 2, '}')",
              "concat('\\\\boxed{\\\\sqrt{', pmod(id, 13) + 2, '}(x^2+', 2 * pmod(id, 997), 'x+',"
                  + " pmod(id, 997) * pmod(id, 997) + pmod(id, 2), ')}')",
              verdict("math")));

  /**
   * A bench.
   *
   * @param repeats runs that count, at least 1; one more before them does not
   * @param python an interpreter with Math-Verify; empty for none
   */
  public ScoreBench(SparkSession spark, int repeats, Optional<String> python) {
    this.spark = spark;
    this.repeats = repeats;
    this.python = python;
  }

  private static String verdict(String verifier) {
    return verifier + "(array(gold), answer).verdict = 'CORRECT'";
  }

  /** Measures all and prints a line for each. */
  public String table() throws IOException {
    Verifiers.register(spark);
    List<List<String>> lines = new ArrayList<>();
    for (Work work : WORKS) {
      Dataset<Row> answers =
          spark
              .range(0, work.rows(), 1, spark.sparkContext().defaultParallelism())
              .selectExpr("id", work.gold() + " AS gold", work.answer() + " AS answer")
              .cache();
      try {
        answers.count();
        lines.add(line(work.name(), work.rows(), judge(work, answers)));
        if (python.isPresent() && work.name().startsWith("math") && !work.name().contains("%")) {
          lines.add(reference(answers));
        }
      } finally {
        answers.unpersist();
      }
    }
    return TextTable.of(List.of("answers judged", "answers", "s", "±", "answers/s"), lines);
  }

  private List<Double> judge(Work work, Dataset<Row> answers) {
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run <= repeats; run++) {
      long started = System.nanoTime();
      long right = answers.where(work.right()).count();
      if (run > 0) {
        seconds.add((System.nanoTime() - started) / 1e9);
      }
      if (right != work.rows() / 2) {
        throw new IllegalStateException(
            "%d of %d answers are right for %s (must be half)"
                .formatted(right, work.rows(), work.name()));
      }
    }
    return seconds;
  }

  private static List<String> line(String name, long rows, List<Double> seconds) {
    Spread wall = Spread.of(seconds);
    return List.of(
        name,
        Long.toString(rows),
        String.format(Locale.ROOT, "%.2f", wall.median()),
        String.format(Locale.ROOT, "%.0f %%", 100 * wall.noise()),
        String.format(Locale.ROOT, "%.0f", rows / wall.median()));
  }

  /** The same answers, a part of them, through Math-Verify in one Python process. */
  private List<String> reference(Dataset<Row> answers) throws IOException {
    Path folder = Files.createTempDirectory("kindling-score");
    Path script = folder.resolve("score.py");
    Path pairs = folder.resolve("pairs.jsonl");
    Path result = folder.resolve("seconds.txt");
    try (InputStream text = ScoreBench.class.getResourceAsStream("score.py")) {
      Files.write(script, text.readAllBytes());
      Files.write(
          pairs,
          answers.select("gold", "answer").limit(REFERENCE_ROWS).toJSON().collectAsList(),
          StandardCharsets.UTF_8);
      Process process =
          new ProcessBuilder(python.orElseThrow(), script.toString(), pairs.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(result.toFile())
              .start();
      if (process.waitFor() != 0) {
        return List.of("Math-Verify: " + python.get() + " does not have it", "", "", "", "");
      }
      double seconds = Double.parseDouble(Files.readString(result).strip());
      return line("  Math-Verify, one process", REFERENCE_ROWS, List.of(seconds));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Python worked", e);
    } finally {
      for (Path file : List.of(script, pairs, result, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
