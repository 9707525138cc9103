package dev.kindling.row;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.io.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as files. */
class TableTest {
  @TempDir Path folder;

  @Test
  void noHiddenChecksumsLieBesideATableOnALocalDiskOfAClusterEither() throws IOException {
    SparkSession spark = SparkTest.session();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String before = hadoop.get(LocalFiles.SETTING);
    // What executors of a cluster have, and no file system that another test has opened.
    hadoop.set(LocalFiles.SETTING, LocalFileSystem.class.getName());
    hadoop.setBoolean(LocalFiles.SETTING + ".disable.cache", true);
    Path table = folder.resolve("a table");
    try {
      ScoreRow row = new ScoreRow("e", 0, "", "", "a", "a", "CORRECT", 1.0, -1.0, 2, null, 0.1);
      Table.SCORES.write(3, Table.SCORES.of(spark, List.of(row)), "file:" + table);
      assertThat(Table.SCORES.collect(Table.SCORES.read(spark, "file:" + table)))
          .containsExactly(row);
    } finally {
      hadoop.set(LocalFiles.SETTING, before);
      hadoop.unset(LocalFiles.SETTING + ".disable.cache");
    }
    try (Stream<Path> files = Files.list(table)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".crc"))
          .anyMatch(name -> name.startsWith("part-"));
    }
  }

  @Test
  void whatTheDriverWritesIsReadAsWhatATaskWrote() throws IOException {
    SparkSession spark = SparkTest.session();
    List<RolloutRow> rows =
        List.of(
            new RolloutRow(
                "é",
                1,
                "",
                "",
                "",
                new int[] {1, 2},
                new int[0],
                new float[] {-0.5f, Float.NEGATIVE_INFINITY},
                new float[0],
                new float[] {-1, -2},
                new float[0],
                new float[] {Float.MIN_VALUE},
                -200.5,
                "stop",
                true,
                Long.MIN_VALUE,
                3,
                0.25));
    String byTask = "file:" + folder.resolve("by a task");
    String byDriver = "file:" + folder.resolve("by the driver");
    assertThat(Table.ROLLOUTS.write(3, Table.ROLLOUTS.of(spark, rows), byTask)).isEqualTo(1);
    Table.ROLLOUTS.write(
        spark, 3, Table.ROLLOUTS.internal(List.of(rows.get(0), rows.get(0))), byDriver);
    // In place of what was there.
    assertThat(Table.ROLLOUTS.write(spark, 3, rows, byDriver)).isEqualTo(1);
    assertThat(Table.ROLLOUTS.collect(Table.ROLLOUTS.read(spark, byDriver)))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(Table.ROLLOUTS.collect(Table.ROLLOUTS.read(spark, byTask)))
        .isEqualTo(rows);
    for (String path : List.of(byTask, byDriver)) {
      Dataset<Row> plain = spark.read().parquet(path);
      assertThat(plain.selectExpr("step").as(Encoders.LONG()).collectAsList()).containsExactly(3L);
      assertThat(plain.schema().fieldNames())
          .startsWith("step", "example_id", "sample", "prompt", "rationale", "answer");
      assertThat(plain.schema().apply("log_w").getComment().get())
          .isEqualTo("log p(y*|x,z), the sum of gold_logprobs.");
    }
    try (Stream<Path> files = Files.list(folder.resolve("by the driver"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactly("part-00000.zstd.parquet");
    }
  }
}
