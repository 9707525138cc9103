package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.LongTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Drivers of one run on two hosts, the second of which is this machine under another name. */
@EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
class TwoHostsTest {
  private static final List<String> ELSEWHERE =
      List.of("unshare", "--uts", "sh", "-c", "hostname elsewhere && exec \"$@\"", "sh");

  @TempDir static Path temporary;

  @BeforeAll
  static void changeAName() throws Exception {
    List<String> command = new ArrayList<>(ELSEWHERE);
    command.add("true");
    assumeTrue(
        new ProcessBuilder(command).start().waitFor() == 0,
        "a process can have another host's name, which needs root");
  }

  private static Driver elsewhere(Path run, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(ELSEWHERE);
    command.addAll(MainProcess.command());
    command.addAll(List.of(arguments));
    return Driver.start(run, temporary, command, Optional.empty());
  }

  private static String refusal(Path run, String... arguments) throws Exception {
    try (Driver driver = elsewhere(run, arguments)) {
      assertThat(driver.end()).as(driver.said()).isEqualTo(4);
      return driver.said();
    }
  }

  @Test
  void theOtherHostTriesLaterAndAPersonSaysWhenADriverIsDead() throws Exception {
    DisturbedRuns runs = DisturbedRuns.get();
    Path run = runs.run("hosts");
    String[] train = runs.train("hosts");
    try (Driver here = Driver.start(run, List.of(), Optional.empty(), train)) {
      here.awaitStage(1, "rollout");
      String held = " is in use by process " + here.status().orElseThrow().get("pid");
      assertThat(refusal(run, train)).contains(held);
      here.kill();
      // Who is elsewhere cannot know that it is dead.
      assertThat(refusal(run, train)).contains(held).contains("if that process is dead, delete ");
    }
    try (Stream<Path> claims = Files.list(run.resolve("lock"))) {
      for (Path claim : claims.toList()) {
        Files.delete(claim);
      }
    }
    try (Driver there = elsewhere(run, train)) {
      assertThat(there.end()).as(there.said()).isZero();
    }
    runs.requireUndisturbed("hosts");
  }
}
