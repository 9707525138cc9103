package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's tables as views, in Spark's catalog and in DuckDB. */
class RegisterCommandTest {
  @TempDir static Path temporary;
  private static Path folder;

  @BeforeAll
  static void train() throws IOException {
    RunFolder run =
        SmallRun.train(
            SmallRun.settings(
                temporary,
                "Two-Steps",
                "run.steps=2",
                "objective.name=grpo",
                "objective.success=verified",
                "objective.dynamic_sampling.max_rounds=2"),
            false);
    folder = SmallRun.local(run.root());
    // A third step, whose driver was killed before its commit.
    String scores = "/step-%06d/3-scores";
    Table.SCORES.write(
        3,
        Table.SCORES.read(SmallRun.spark(), folder + scores.formatted(2)),
        folder + scores.formatted(3));
  }

  @AfterAll
  static void dropViews() {
    for (Row view : SmallRun.spark().sql("SHOW VIEWS LIKE 'kindling_*'").collectAsList()) {
      SmallRun.spark().sql("DROP VIEW " + view.getString(1));
    }
  }

  private static long counted(String query) {
    return ((Number) SmallRun.spark().sql(query).head().get(0)).longValue();
  }

  private static long counted(Connection duckdb, String query) throws SQLException {
    try (Statement statement = duckdb.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  @Test
  void viewsHaveTheRowsOfAllCommittedStepsAndRoundsInSparkAndInDuckdb() throws Exception {
    SmallRun.spark();
    // Twice, as after further steps.
    ok("register", folder.toString());
    CommandResult again = CommandResult.of("register", folder.toString());
    assertThat(again.err()).isEmpty();
    String said = again.out();
    assertThat(said).contains("kindling_two_steps_scores", "3-scores", "in its memory");
    // 4 prompts with 4 samples in each of at least two rounds of both steps.
    long rollouts = counted("SELECT count(*) FROM kindling_two_steps_rollouts");
    assertThat(rollouts).isGreaterThanOrEqualTo(2 * 2 * 16L);
    assertThat(counted("SELECT count(*) FROM kindling_two_steps_scores")).isEqualTo(rollouts);
    assertThat(counted("SELECT max(step) FROM kindling_two_steps_scores")).isEqualTo(2);
    assertThat(counted("SELECT count(*) FROM kindling_two_steps_metrics")).isEqualTo(2);
    List<String> statements = said.lines().filter(line -> line.startsWith("CREATE")).toList();
    assertThat(statements).hasSize(7);
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      for (String view : statements) {
        statement.execute(view);
      }
      assertThat(counted(duckdb, "SELECT count(*) FROM scores")).isEqualTo(rollouts);
      assertThat(counted(duckdb, "SELECT max(step) FROM scores")).isEqualTo(2);
      assertThat(
              counted(
                  duckdb,
                  "SELECT count(*) FROM rollouts JOIN scores USING (step, example_id, sample)"))
          .isEqualTo(rollouts);
    }
    assertThat(said).contains("pl.scan_parquet(['" + folder + "/step-*/3-scores/*.parquet', ");
  }

  @Test
  void aViewOfAnotherRunIsNotReplaced() {
    SmallRun.spark().sql("CREATE VIEW kindling_mine_prompts AS SELECT 1 AS one");
    refuses(
        "Invalid view kindling_mine_prompts: it is there and not of run file:"
            + folder
            + " (give --prefix another name)",
        "register",
        folder.toString(),
        "--prefix",
        "kindling_mine");
    refuses(
        "Invalid --prefix: a-b (must match [A-Za-z_][A-Za-z0-9_]*)",
        "register",
        folder.toString(),
        "--prefix",
        "a-b");
  }
}
