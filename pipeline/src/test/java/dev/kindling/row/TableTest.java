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
      ScoreRow row = new ScoreRow("e", 0, "a", "a", "CORRECT", 1.0, -1.0, 2, null, 0.1);
      Table.SCORES.write(Table.SCORES.of(spark, List.of(row)), "file:" + table);
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
}
