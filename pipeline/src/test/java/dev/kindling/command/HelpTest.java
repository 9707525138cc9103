package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code --help} says. */
class HelpTest {
  @Test
  void theListOfCommandsHasAWholeSentenceForEach() {
    List<String> lines = CommandResult.of("--help").out().lines().toList();
    // A sentence that goes on is indented further than a command's name.
    String list =
        String.join("\n", lines.subList(lines.indexOf("Commands:") + 1, lines.size()))
            .replaceAll("\n {4,}", " ");
    List<String> commands = list.lines().filter(line -> line.matches(" {2}\\w+ .*")).toList();
    assertThat(commands).hasSizeGreaterThan(15).allMatch(line -> line.endsWith("."));
  }
}
