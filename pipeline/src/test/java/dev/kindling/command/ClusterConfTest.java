package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.launcher.SparkLauncher;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The properties files for clusters: Spark knows every setting, and every setting has a reason. */
class ClusterConfTest {
  private static final String OFF = "#  ";

  /** Settings whose names have parts of the cluster's, so that Spark has no entry for them. */
  private static final String NAMED =
      "spark\\.(executorEnv\\.\\w+|(executor|task)\\.resource\\.gpu\\.\\w+"
          + "|rapids\\.\\w+(\\.\\w+)*|yarn\\.executor\\.resource\\.yarn\\.io/gpu\\.amount)";

  /** Spark has its settings' entries when these are loaded. */
  private static final List<String> ENTRIES =
      List.of(
          "internal.config.package$",
          "internal.config.Network$",
          "internal.config.UI$",
          "sql.internal.SQLConf$");

  /** That of the launcher, and those of a cluster manager whose module is not on the class path. */
  private static final List<String> OF_OTHERS =
      List.of(SparkLauncher.SPARK_MASTER, "spark.kubernetes.container.image");

  private static Path file(String name) {
    return Checkout.LOCAL_CONF.resolveSibling(name + ".conf");
  }

  /** The settings as Spark reads them, with the parts that a user may switch on or without. */
  private static Properties settings(String name, boolean withGpus) throws IOException {
    String text = Files.readString(file(name));
    Properties settings = new Properties();
    settings.load(new StringReader(withGpus ? text.replaceAll("(?m)^" + OFF, "") : text));
    return settings;
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "standalone", "yarn", "kubernetes", "rapids"})
  void sparkKnowsEverySetting(String name) throws Exception {
    for (String entries : ENTRIES) {
      Class.forName("org.apache.spark." + entries);
    }
    for (String key : new TreeSet<>(settings(name, true).stringPropertyNames())) {
      assertThat(
              key.matches(NAMED) || OF_OTHERS.contains(key) || ConfigEntry.findEntry(key) != null)
          .as(key)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes", "rapids"})
  void everySettingOrGroupOfThemFollowsItsReason(String name) throws IOException {
    String group = "";
    for (String line : Files.readAllLines(file(name))) {
      boolean isSetting = line.startsWith("spark.") || line.startsWith(OFF);
      boolean sameGroup =
          line.replace(OFF, "").startsWith("spark.executorEnv.") || isOfTheGroupBefore(line);
      assertThat(!isSetting || group.startsWith("# ") || sameGroup)
          .as("%s: %s after %s", name, line, group)
          .isTrue();
      group = line;
    }
  }

  /** Settings that share the reason of the one before them. */
  private static boolean isOfTheGroupBefore(String line) {
    return line.contains("spark.driver.extraJavaOptions")
        || line.contains("spark.dynamicAllocation.")
        || line.contains("spark.shuffle.service.enabled")
        || line.contains("spark.files");
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes"})
  void gpusArePolicysAloneAndTablesShareThem(String name) throws IOException {
    Properties with = settings(name, true);
    assertThat(with)
        .containsEntry("spark.executor.resource.gpu.amount", "1")
        .containsEntry("spark.executor.cores", "4")
        .containsEntry("spark.task.resource.gpu.amount", "0.25");
    assertThat(with.getProperty("spark.dynamicAllocation.enabled", "false")).isEqualTo("false");
    assertThat(settings(name, false).stringPropertyNames()).noneMatch(key -> key.contains("gpu"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "yarn", "kubernetes"})
  void whoListensMustHaveTheSecret(String name) throws IOException {
    assertThat(settings(name, false))
        .containsEntry("spark.authenticate", "true")
        .containsEntry("spark.network.crypto.enabled", "true")
        .containsEntry("spark.io.encryption.enabled", "true");
  }
}
