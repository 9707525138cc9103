package dev.kindling.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import org.apache.spark.sql.SparkSession;

/** What the measurements were made on, in one line. */
public final class Machine {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** CPU, cores in use, Java, PyTorch and Spark of this process. */
  public static String describe(SparkSession spark) {
    return String.format(
        Locale.ROOT,
        "%s, %d cores; %s with %d tasks at once, OMP_NUM_THREADS=%s; JDK %s, PyTorch %s, Spark %s",
        cpu(),
        Runtime.getRuntime().availableProcessors(),
        spark.sparkContext().master(),
        spark.sparkContext().defaultParallelism(),
        System.getenv().getOrDefault("OMP_NUM_THREADS", "unset"),
        System.getProperty("java.version"),
        torch(),
        spark.version());
  }

  /** Model name, family and model number, for names such as "AMD EPYC" cover many processors. */
  private static String cpu() {
    String name = "";
    String family = "";
    String model = "";
    try {
      for (String line : Files.readAllLines(CPUINFO)) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        if (line.isBlank()) {
          break;
        } else if (line.startsWith("model name")) {
          name = value;
        } else if (line.startsWith("cpu family")) {
          family = value;
        } else if (line.startsWith("model\t")) {
          model = value;
        }
      }
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
    return "%s (family %s, model %s)".formatted(name, family, model);
  }

  private static String torch() {
    Properties natives = new Properties();
    String resource = "/native/lib/pytorch.properties";
    try (InputStream in = Machine.class.getResourceAsStream(resource)) {
      if (in == null) {
        return "of PYTORCH_LIBRARY_PATH";
      }
      natives.load(in);
      return natives.getProperty("version", "unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
