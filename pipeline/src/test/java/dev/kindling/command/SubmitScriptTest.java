package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What submit.sh rests on, and what it refuses before anything is built or started. */
class SubmitScriptTest {
  private static final String COLLECTOR = "-XX:+UseParallelGC";

  @Test
  void theModuleFlagsAreThoseOfThisSparkButForAModuleThatOnlyItsMachineLearningUses()
      throws IOException {
    List<String> flags = Files.readAllLines(Path.of("..", "conf", "spark", "java-modules.args"));
    assertThat(String.join(" ", flags))
        .isEqualTo(
            JavaModuleOptions.defaultModuleOptions()
                .trim()
                .replace("--add-modules=jdk.incubator.vector ", ""));
  }

  @Test
  void theScriptKnowsEveryCommand() throws IOException {
    String text = Files.readString(Checkout.SCRIPT);
    String known = text.lines().filter(l -> l.startsWith("commands=")).findFirst().orElseThrow();
    assertThat(Main.commandLine().getSubcommands().keySet())
        .allSatisfy(command -> assertThat(known).contains(" " + command + " "));
  }

  @Test
  void anUnknownCommandIsTheUsersMistake() throws Exception {
    assertThat(run("trian", "--data", "x.json"))
        .isEqualTo(
            2
                + " Unknown command: trian (must be one of: quickstart prepare rollout score"
                + " refill weigh batch step stages train pretrain evaluate export profile report register plan bench theory doctor;"
                + " see "
                + Checkout.SCRIPT
                + " --help).");
  }

  @Test
  void aSparkOptionWithoutItsValueIsNamed() throws Exception {
    assertThat(run("--master"))
        .isEqualTo(
            2
                + " Invalid option --master: it needs a value and a command after it (see "
                + Checkout.SCRIPT
                + " --help).");
  }

  @Test
  void onlyMastersOnThisMachineGetTheSettingsOfLocalRuns(@TempDir Path checkout) throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho \"$@\"\n");
    Path script = checkout.resolve("submit.sh");
    String local = "--properties-file " + checkout.toRealPath() + "/conf/spark/local.conf ";
    assertThat(run(checkout, script, "doctor")).contains("\n" + local);
    assertThat(run(checkout, script, "--master", "local[2]", "doctor")).contains("\n" + local);
    assertThat(run(checkout, script, "--master=local", "doctor")).contains("\n" + local);
    assertThat(run(checkout, script, "--master", "spark://h:7077", "doctor"))
        .startsWith("0 ")
        .doesNotContain("--properties-file");
    assertThat(run(checkout, script, "--properties-file", "a", "--master", "local", "doctor"))
        .contains("--properties-file a ")
        .doesNotContain(local);
  }

  @Test
  void sparksOwnSettingsAndTheScriptHaveTheSameEnvironment() throws IOException {
    List<String> local = settings("local", "spark.executorEnv.");
    assertThat(local).hasSize(4);
    for (String cluster : List.of("standalone", "yarn", "kubernetes")) {
      assertThat(settings(cluster, "spark.executorEnv.")).isEqualTo(local);
      assertThat(settings(cluster, "spark.files")).isEqualTo(settings("local", "spark.files"));
      // A cluster's machines are their owner's to tune.
      assertThat(settings("local", "spark.driver.extraJavaOptions"))
          .containsExactly(
              settings(cluster, "spark.driver.extraJavaOptions").get(0) + " " + COLLECTOR);
    }
  }

  @Test
  void localRunsHaveTheParallelCollectorUnlessAPersonChoosesAnother(@TempDir Path checkout)
      throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho \"$@\"\n");
    String script = checkout.resolve("submit.sh").toString();
    assertThat(run(checkout, Path.of(script), "doctor")).contains(COLLECTOR);
    assertThat(run(checkout, Path.of(script), "--master", "yarn", "doctor"))
        .startsWith("0 ")
        .doesNotContain(COLLECTOR);
    String setting = "spark.driver.defaultJavaOptions=-XX:+UseZGC";
    assertThat(run(checkout, Path.of(script), "--conf", setting, "doctor"))
        .contains(setting)
        .doesNotContain(COLLECTOR);
    for (String name : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "SPARK_SUBMIT_OPTS")) {
      ProcessBuilder chosen = new ProcessBuilder("bash", script, "doctor");
      chosen.environment().put("SPARK_HOME", checkout.toString());
      chosen.environment().put(name, "-XX:+UseZGC");
      assertThat(result(chosen)).contains("--properties-file").doesNotContain(COLLECTOR);
    }
    // Settings of an installation may have one of their own.
    Path defaults = Files.createFile(checkout.resolve("conf/spark-defaults.conf"));
    Files.setLastModifiedTime(defaults, FileTime.fromMillis(0));
    assertThat(run(checkout, Path.of(script), "doctor")).startsWith("0 ").doesNotContain(COLLECTOR);
  }

  private static List<String> settings(String name, String prefix) throws IOException {
    Path file = Checkout.LOCAL_CONF.resolveSibling(name + ".conf");
    return Files.readAllLines(file).stream().filter(line -> line.startsWith(prefix)).toList();
  }

  @Test
  void theJarThatIsRunIsNotThatOfTheSourcesOrTheirPages(@TempDir Path checkout) throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho \"$@\"\n");
    for (String other : List.of("sources", "javadoc")) {
      Files.createFile(checkout.resolve("pipeline/target/kindling-0-" + other + ".jar"));
    }
    assertThat(run(checkout, checkout.resolve("submit.sh"), "doctor"))
        .endsWith("/pipeline/target/kindling-0.jar doctor");
  }

  @Test
  void whatWouldBeRunIsPrintedWithItsEnvironmentAndNotRun(@TempDir Path checkout) throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho Spark\n");
    String printed = run(checkout, checkout.resolve("submit.sh"), "--print-env", "train");
    assertThat(printed)
        .startsWith("0 env OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 GLIBC_TUNABLES=")
        .contains(" SPARK_HOME=" + checkout + " " + checkout + "/bin/spark-submit ")
        .endsWith("/pipeline/target/kindling-0.jar train")
        .hasLineCount(1);
    Process printedRun = new ProcessBuilder("bash", "-c", printed.substring(2)).start();
    assertThat(new String(printedRun.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("Spark\n");
  }

  @Test
  void aJavaThatTheSparkDoesNotRunOnIsRefusedBeforeItIsStarted(@TempDir Path checkout)
      throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho Spark\n");
    Files.createDirectories(checkout.resolve("jars"));
    Files.createFile(checkout.resolve("jars/hadoop-client-api-3.4.2.jar"));
    assertThat(runOnJava(checkout, "25.0.3"))
        .isEqualTo(
            "2 Invalid Java version: 25 of %s/bin/java (must be 17 or 21 with Spark 4.0 and 4.1, whose Hadoop does not run on Java 24 or newer; set JAVA_HOME to one of them)."
                .formatted(checkout));
    assertThat(runOnJava(checkout, "11.0.2"))
        .isEqualTo(
            "2 Invalid Java version: 11 of %s/bin/java (must be 17, 21 or 25; set JAVA_HOME to one of them)."
                .formatted(checkout));
    assertThat(runOnJava(checkout, "21.0.8")).isEqualTo("0 Starting Spark for doctor ...\nSpark");
  }

  private static String runOnJava(Path checkout, String version) throws Exception {
    Path java = checkout.resolve("bin/java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"" + version + "\"' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    ProcessBuilder script =
        new ProcessBuilder("bash", checkout.resolve("submit.sh").toString(), "doctor");
    script.environment().put("SPARK_HOME", checkout.toString());
    script.environment().put("JAVA_HOME", checkout.toString());
    return result(script);
  }

  @Test
  void theScriptSaysAtOnceWhatItStartsButNotBeforeHelp(@TempDir Path checkout) throws Exception {
    Checkout.make(checkout, "#!/bin/sh\necho Spark\n");
    Path script = checkout.resolve("submit.sh");
    assertThat(run(checkout, script)).isEqualTo("0 Starting Spark for quickstart ...\nSpark");
    assertThat(run(checkout, script, "--master", "local", "train", "--data", "a"))
        .isEqualTo("0 Starting Spark for train ...\nSpark");
    for (String help : List.of("--help", "--version", "help")) {
      assertThat(run(checkout, script, help)).isEqualTo("0 Spark");
    }
    assertThat(run(checkout, script, "train", "--help")).isEqualTo("0 Spark");
  }

  @Test
  void classesAreArchivedOnceAndCommandsStartWithThemFromThenOn(@TempDir Path checkout)
      throws Exception {
    Checkout.make(checkout, "");
    Path java =
        Files.writeString(
            checkout.resolve("bin/java"),
            """
            #!/bin/sh
            case "$*" in -version) echo 'openjdk version "17.0.1"' >&2; exit ;; esac
            for argument; do
              case $argument in -XX:ArchiveClassesAtExit=*) echo classes > "${argument#*=}" ;; esac
            done
            echo "$@"
            """);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Path jar = checkout.resolve("pipeline/target/kindling-0.jar");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    try (Stream<Path> sources = Files.walk(checkout)) {
      for (Path file : sources.filter(path -> !path.startsWith(jar.getParent())).toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      }
    }
    Path archive = checkout.toRealPath().resolve("pipeline/target/classes-17.jsa");
    String use = "-XX:SharedArchiveFile=" + archive;
    assertThat(onThisJava(checkout, "doctor")).startsWith("0 ").doesNotContain("SharedArchive");
    assertThat(onThisJava(checkout, "--archive")).isEqualTo("0 Writing " + archive + " ...");
    assertThat(archive).hasContent("classes");
    assertThat(onThisJava(checkout, "doctor")).startsWith("0 ").contains(use);
    // Of an older jar it is no use.
    Files.setLastModifiedTime(archive, FileTime.fromMillis(0));
    assertThat(onThisJava(checkout, "doctor")).startsWith("0 ").doesNotContain("SharedArchive");
    assertThat(run(checkout, checkout.resolve("submit.sh"), "--archive"))
        .startsWith("2 Invalid --archive: it stands alone, and is for the Spark that comes along");
  }

  private static String onThisJava(Path checkout, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", checkout.resolve("submit.sh").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder script = new ProcessBuilder(command);
    script.environment().remove("SPARK_HOME");
    script.environment().put("JAVA_HOME", checkout.toString());
    return result(script);
  }

  private static String run(String... arguments) throws IOException, InterruptedException {
    return run(null, Checkout.SCRIPT, arguments);
  }

  private static String run(Path sparkHome, Path script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (sparkHome != null) {
      builder.environment().put("SPARK_HOME", sparkHome.toString());
    }
    return result(builder);
  }

  private static String result(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out.strip();
  }
}
