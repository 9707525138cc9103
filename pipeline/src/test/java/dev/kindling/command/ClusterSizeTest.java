package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.RuntimeConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** What the cluster chooses, partitions and files, leaves no trace in a run. */
class ClusterSizeTest {
  private static final List<String> CLUSTER =
      List.of(
          "spark.sql.shuffle.partitions",
          "spark.sql.files.minPartitionNum",
          "spark.sql.files.maxPartitionBytes",
          "spark.sql.adaptive.enabled",
          "spark.sql.autoBroadcastJoinThreshold");

  @TempDir Path temporary;

  @Test
  void otherPartitionsFilesAndJoinsMakeTheSameRun() throws IOException {
    RunFolder run = SmallRun.train(SmallRun.settings(temporary, "two", "run.steps=2"), false);
    RunFolder other = trainOn("seven", "7", "5", "2048b", "false", "-1");
    // The rows did move otherwise: files hold them in another order.
    assertThat(order(other)).hasSameSizeAs(order(run)).isNotEqualTo(order(run));
    assertThat(SmallRun.checkpoints(other)).hasSize(3).isEqualTo(SmallRun.checkpoints(run));
    for (long step = 1; step <= 2; step++) {
      assertThat(SmallRun.tables(other, step)).isEqualTo(SmallRun.tables(run, step));
    }
  }

  private static List<String> order(RunFolder run) throws IOException {
    return SmallRun.rows(run, 1, Table.SCORES).stream()
        .map(row -> row.exampleId() + " " + row.sample())
        .toList();
  }

  /** A run with other values for {@link #CLUSTER}, which are put back. */
  private RunFolder trainOn(String name, String... values) throws IOException {
    RuntimeConfig settings = SmallRun.spark().conf();
    List<Option<String>> before = CLUSTER.stream().map(settings::getOption).toList();
    try {
      for (int i = 0; i < values.length; i++) {
        settings.set(CLUSTER.get(i), values[i]);
      }
      return SmallRun.train(SmallRun.settings(temporary, name, "run.steps=2"), false);
    } finally {
      for (int i = 0; i < values.length; i++) {
        settings.unset(CLUSTER.get(i));
        if (before.get(i).isDefined()) {
          settings.set(CLUSTER.get(i), before.get(i).get());
        }
      }
    }
  }
}
