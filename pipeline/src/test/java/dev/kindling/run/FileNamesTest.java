package dev.kindling.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** What tells the files of a data set apart. */
class FileNamesTest {
  private static List<Path> files(String... paths) {
    return Stream.of(paths).map(Path::new).toList();
  }

  @Test
  void aFileHasItsOwnNameAndASplitWithoutExtensions() {
    List<Path> one = files("file:/data/train.jsonl.gz");
    assertThat(FileNames.of(one)).containsExactly("train.jsonl.gz");
    assertThat(FileNames.splits(one)).containsExactly("train");
    List<Path> two = files("file:/data/train.jsonl.gz", "file:/data/dev.v2.jsonl");
    assertThat(FileNames.of(two)).containsExactly("train.jsonl.gz", "dev.v2.jsonl");
    assertThat(FileNames.splits(two)).containsExactly("train", "dev.v2");
  }

  @Test
  void filesOfOneNameHaveAsManyFoldersAsTellThemApart() {
    List<Path> files =
        files("file:/d/aime24/en/test.jsonl", "file:/d/aime25/en/test.jsonl", "file:/d/x.jsonl");
    List<String> names = List.of("aime24/en/test.jsonl", "aime25/en/test.jsonl", "/d/x.jsonl");
    assertThat(FileNames.of(files)).isEqualTo(names);
    assertThat(FileNames.splits(files)).isEqualTo(names);
  }

  @Test
  void filesThatDifferInTheirExtensionKeepIt() {
    assertThat(FileNames.splits(files("file:/d/a.json", "file:/d/a.jsonl")))
        .containsExactly("a.json", "a.jsonl");
  }

  @Test
  void filesOfDifferentFileSystemsHaveTheirWholePaths() {
    assertThat(FileNames.splits(files("s3a://one/d/a.json", "s3a://two/d/a.json")))
        .containsExactly("s3a://one/d/a.json", "s3a://two/d/a.json");
  }
}
