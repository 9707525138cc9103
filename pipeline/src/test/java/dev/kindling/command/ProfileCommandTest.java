package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.row.ProfileRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pass rates of a whole data set, chunk by chunk. */
class ProfileCommandTest {
  @TempDir Path temporary;

  private String[] arguments(String name, String samples) throws IOException {
    // Three chunks of four of the twelve examples.
    List<String> settings = SmallRun.settings(temporary, name);
    settings.removeIf(set -> set.startsWith("sampler.samples="));
    return SmallRun.arguments("profile", settings, "--samples=" + samples);
  }

  private List<ProfileRow> profile(String name) {
    return Table.PROFILE.collect(
        Table.PROFILE
            .read(SmallRun.spark(), temporary.resolve(name + "/profile").toString())
            .orderBy("example_id"));
  }

  private Map<Path, Object> files(String name) throws IOException {
    Map<Path, Object> files = new HashMap<>();
    try (Stream<Path> all = Files.walk(temporary.resolve(name + "/profile-chunks"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file, Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @Test
  void everyExampleHasItsCountsAndARepeatedCommandSamplesNothing() throws IOException {
    CommandResult result = CommandResult.of(arguments("map", "3"));
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("GRPO groups of 2 without gradient")
        .endsWith("Page: file:" + temporary.resolve("map/profile.html") + "\n");
    String page = Files.readString(temporary.resolve("map/profile.html"));
    assertThat(page)
        .contains("12 examples are solved in ", "<th scope=\"row\">M = 2</th>", "problems</td>")
        .doesNotContain("<script", "{{");
    List<ProfileRow> rows = profile("map");
    assertThat(rows).hasSize(SmallRun.EXAMPLES).allMatch(row -> row.samples() == 3);
    for (int chunk = 1; chunk <= 3; chunk++) {
      List<ScoreRow> scores =
          Table.SCORES.collect(
              Table.SCORES.read(
                  SmallRun.spark(),
                  temporary
                      .resolve("map/profile-chunks/chunk-00000%d/3-scores".formatted(chunk))
                      .toString()));
      assertThat(scores).hasSize(12);
    }
    Map<Path, Object> before = files("map");
    assertThat(CommandResult.of(arguments("map", "3")).err()).isEmpty();
    assertThat(files("map")).isEqualTo(before);
    assertThat(profile("map")).isEqualTo(rows);
    CommandResult other = CommandResult.of(arguments("map", "4"));
    assertThat(other.err())
        .startsWith("Invalid sampler.samples: 4 (the run was started with 3: resume with that");
    assertThat(other.code()).isEqualTo(Main.USERS_MISTAKE);
    CommandResult.refuses(
        "Invalid --samples: 3 (must not come with --set sampler.samples=4)",
        SmallRun.arguments("profile", SmallRun.settings(temporary, "map"), "--samples=3"));
  }

  @Test
  void aDriverThatIsKilledLeavesWholeChunksAndTheNextOneEndsWithTheSameRows() throws Exception {
    assertThat(CommandResult.of(arguments("whole", "4")).err()).isEmpty();
    List<String> command = new ArrayList<>(MainProcess.command());
    command.addAll(List.of(arguments("killed", "4")));
    Path first = temporary.resolve("killed/profile-chunks/chunk-000001/3-scores.json");
    Process process = new ProcessBuilder(command).inheritIO().start();
    while (!Files.exists(first) && process.isAlive()) {
      Thread.sleep(5);
    }
    process.destroyForcibly().waitFor();
    assertThat(first).exists();
    assertThat(temporary.resolve("killed/profile")).doesNotExist();
    Object begun = Files.getLastModifiedTime(first);
    assertThat(CommandResult.of(arguments("killed", "4")).err()).isEmpty();
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(begun);
    assertThat(profile("killed")).isEqualTo(profile("whole"));
  }
}
