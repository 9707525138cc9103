package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.dataset.ArithmeticProblems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Texts and names outside ASCII where the locale, as in most containers, knows none. The shell's
 * scripts are ASCII, for the locale of the tests may be one of these: {@code \303\251} is é.
 */
@EnabledOnOs(OS.LINUX)
class LocaleTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "LC_ALL=C, C.UTF-8",
    "LC_ALL=POSIX, C.UTF-8",
    "NONE=, C.UTF-8",
    "LC_ALL=xx_XX.UTF-8, C.UTF-8",
    "LANG=C.UTF-8, ''"
  })
  void theScriptSetsUtf8WhereTheLocaleHasNone(String locale, String set) throws Exception {
    Checkout.make(folder, "#!/bin/sh\necho \"<$LC_ALL>\" >&2\n");
    assertThat(shell(locale, "SPARK_HOME=. ./submit.sh doctor")).contains("<" + set + ">");
  }

  @Test
  void whatTheUserGivesArrivesAndIsPrintedInUtf8() throws Exception {
    Checkout.make(
        folder,
        "#!/bin/bash\nwhile [[ $1 != *.jar ]]; do shift; done\nshift\nexec %s \"$@\"\n"
            .formatted(quoted(MainProcess.command())));
    Files.writeString(
        folder.resolve("problem"), "{\"id\": \"a\", \"prompt\": \"1+1=\", \"answer\": \"2\"}\n");
    String result =
        shell(
            "LC_ALL=POSIX",
            "mkdir $'\\303\\251t\\303\\251' && mv problem $'\\303\\251t\\303\\251/ok.jsonl' &&"
                + " SPARK_HOME=. ./submit.sh prepare --name small"
                + " --data $'\\303\\251t\\303\\251/ok.jsonl'"
                + " --set run.folder=$'r\\303\\251sultats'"
                + " --set model.tokenizer=characters:'%s'".formatted(ArithmeticProblems.ALPHABET)
                + " --set model.hidden=16 --set model.layers=1 --set model.intermediate=24"
                + " && cat r*s/small/config.yaml");
    assertThat(result)
        .startsWith("0 ")
        .containsPattern("Spark 4\\S+ is ready on local\\[1\\] after \\d+ s\n")
        .contains("/résultats/small\n", "path: \"été/ok.jsonl\"\n");
  }

  @Test
  void anArgumentThatLostCharactersIsTheUsersMistake() throws Exception {
    assertThat(
            shell(
                "LC_ALL=C",
                quoted(MainProcess.command())
                    + " train --set data.system_prompt=$'R\\303\\251pondez'"))
        .startsWith("2 ")
        .endsWith(
            "Cannot read the argument data.system_prompt=R\uFFFD\uFFFDpondez; the locale's encoding"
                + " is US-ASCII (must be UTF-8; set LC_ALL=C.UTF-8)");
    assertThat(
            shell(
                "LC_ALL=C.UTF-8",
                quoted(MainProcess.command()) + " train --set data.system_prompt=$'R\\351pondez'"))
        .startsWith("2 ")
        .endsWith(
            "Cannot read the argument data.system_prompt=R\uFFFDpondez; it has bytes that are not"
                + " UTF-8");
  }

  @Test
  void aFileThatTheLocaleCannotNameIsTheUsersMistake() throws Exception {
    Files.writeString(folder.resolve("small.yaml"), "data:\n  path: été.jsonl\n");
    assertThat(
            shell(
                "LC_ALL=C",
                quoted(MainProcess.command())
                    + " prepare --config small.yaml --set model.hidden=16"))
        .startsWith("2 ")
        .contains(
            "été.jsonl; the locale's encoding is US-ASCII (must be UTF-8; set LC_ALL=C.UTF-8)");
  }

  private static String quoted(List<String> command) {
    return command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
  }

  /** Exit code and all output of a shell in the folder, under that locale and no other. */
  private String shell(String locale, String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "env", "-u", "LANG", "-u", "LC_ALL", "-u", "LC_CTYPE", locale, "bash", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out.strip();
  }
}
