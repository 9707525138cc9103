package dev.kindling.command;

import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.UserPath;
import dev.kindling.stage.Natives;
import dev.kindling.stage.RapidsSettings;
import dev.kindling.stage.TorchProbe;
import dev.kindling.stage.WholeGpu;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code doctor}: one line for each thing that a run needs, with the remedy where it is missing.
 */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks Java, Spark, natives, GPUs, RAPIDS and write access: one line each, with remedy.",
      "Natives are tried on an executor, where they will be used."
    },
    footer = {"", "Example:", "  ./submit.sh doctor --folder runs"})
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "Where runs will be written (default: ${DEFAULT-VALUE}).")
  private String folder;

  private boolean healthy = true;

  /** Looks at one thing and says in a few words what it found. */
  private interface Probe {
    String look() throws Exception;
  }

  @Override
  public Integer call() {
    SparkSession spark = Sessions.session();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    check("Java", DoctorCommand::java, "install a JDK 17, 21 or 25 and set JAVA_HOME to it");
    check(
        "Spark",
        () -> "%s, master %s".formatted(spark.version(), context.master()),
        "look at the logs of the master; ./submit.sh --master 'local[2]' doctor needs none");
    check("PyTorch", () -> TorchProbe.look(spark), TorchProbe.REMEDY);
    check(
        "Tokenizers",
        () -> context.parallelize(List.of(0), 1).map(zero -> tokenizers()).first(),
        "the library's natives need glibc 2.27 or newer and a writable home folder");
    check("GPUs", () -> gpus(context), "set spark.executor.resource.gpu.amount and its script");
    check("Tables", () -> RapidsSettings.look(spark), RapidsSettings.REMEDY);
    check("Run folder", () -> writable(spark), "choose another one by --folder and run.folder");
    return healthy ? 0 : Main.USERS_MISTAKE;
  }

  private void check(String thing, Probe probe, String remedy) {
    try {
      System.out.printf("ok      %-11s %s%n", thing, probe.look());
    } catch (Exception e) {
      healthy = false;
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      System.out.printf("MISSING %-11s %s%n        remedy: %s%n", thing, root.getMessage(), remedy);
    }
  }

  private static String java() {
    return System.getProperty("java.version") + ", " + System.getProperty("java.home");
  }

  private static String tokenizers() {
    Natives.place();
    try (Tokenizer tokenizer = new Tokenizer(ByteTokenizer.ofAllBytes(), "doctor")) {
      return "natives work, \"2+2\" is " + Arrays.toString(tokenizer.encode("2+2"));
    }
  }

  private static String gpus(JavaSparkContext context) {
    ResourceInformation driver = context.resources().get("gpu");
    String amount = context.getConf().get("spark.executor.resource.gpu.amount", "0");
    WholeGpu.requireWhole(context.getConf());
    return driver == null && amount.equals("0")
        ? "none assigned by Spark: policies run on CPU cores"
        : amount + " for each executor; a task's policy is on the GPU that Spark gives it";
  }

  private String writable(SparkSession spark) throws Exception {
    Path probe = UserPath.of(folder, ".kindling-doctor");
    FileSystem fileSystem = probe.getFileSystem(spark.sparkContext().hadoopConfiguration());
    fileSystem.create(probe, true).close();
    fileSystem.delete(probe, false);
    return fileSystem.makeQualified(probe.getParent()) + " is writable";
  }
}
