package dev.kindling.command;

import dev.kindling.bench.Machine;
import dev.kindling.check.Check;
import dev.kindling.run.Progress;
import dev.kindling.theory.EscapePlot;
import dev.kindling.theory.Theory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code theory}: what is proved of the family J_Q, measured on policies of a few tokens. */
@Command(
    name = "theory",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures how long the escape from a small success probability takes.",
      "arXiv:2604.25907 proves how that time grows as the probability p₀ falls, for q from 0",
      "to 1, and what a large q costs where gold answers are wrong. Tiny policies learn by plain gradient descent,",
      "with the coefficients that weigh gives. Takes a minute or two."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh theory",
      "  ./submit.sh theory --samples 8 --out escape.svg"
    })
final class TheoryCommand implements Callable<Integer> {
  @Option(
      names = "--samples",
      paramLabel = "M",
      defaultValue = "32",
      description = "Answers in a drawn group, >= 2 (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the draws (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write a picture of the escape times, as SVG.")
  private Path out;

  @Override
  public Integer call() throws Exception {
    new Check()
        .that(
            out == null || Files.isDirectory(out.toAbsolutePath().resolveSibling(".")),
            "--out",
            out,
            "must be in a folder that is there")
        .done();
    SparkSession spark = Sessions.session();
    try (Progress progress = Progress.ofStages(spark)) {
      List<Theory> measured = new ArrayList<>();
      progress.underBar(
          "theory",
          () -> {
            measured.add(Theory.measure(spark, samples, seed));
            return 1;
          });
      Theory theory = measured.get(0);
      progress.say(Machine.describe(spark));
      progress.say("");
      progress.say(theory.text());
      if (out != null) {
        Reports.write(out, EscapePlot.svg(theory));
        progress.say("Picture: " + out.toAbsolutePath());
      }
    }
    return 0;
  }
}
