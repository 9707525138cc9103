package dev.kindling.theory;

import dev.kindling.check.Check;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.train.Trainer;
import dev.kindling.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/**
 * What arXiv:2604.25907 says of the family J_Q, measured: how long gradient descent takes to escape
 * from a small success probability, and to fit a wrong label.
 *
 * @param samples size of a group of drawn answers
 * @param escapes one for each q
 * @param noise likewise
 */
public record Theory(int samples, List<EscapeTimes> escapes, List<LabelNoise> noise) {
  private static final double[] EXPONENTS = {0, 0.25, 0.5, 0.75, 1};

  /**
   * Measures; a pure function of the arguments.
   *
   * @param spark runs the weighing, a few small jobs
   * @param samples size of a group of drawn answers, at least 2
   * @param seed of the draws
   */
  public static Theory measure(SparkSession spark, int samples, long seed) {
    new Check().that(samples >= 2, "--samples", samples, "must be >= 2").done();
    List<StageCoefficients> coefficients = new ArrayList<>();
    for (double q : EXPONENTS) {
      coefficients.add(StageCoefficients.of(spark, q, samples));
    }
    int starts = EscapeTimes.STARTS.length;
    double[][] exact = new double[starts][];
    List<EscapeTimes> escapes = new ArrayList<>();
    List<LabelNoise> noise = new ArrayList<>();
    try (Trainer trainer = new Trainer(Precision.FLOAT32, Long.MAX_VALUE)) {
      for (int i = 0; i < starts; i++) {
        exact[i] = Escape.exact(trainer, EscapeTimes.STARTS[i], coefficients);
      }
      for (int each = 0; each < EXPONENTS.length; each++) {
        StageCoefficients ofQ = coefficients.get(each);
        double[] ofExact = new double[starts];
        double[] drawn = new double[starts];
        for (int i = 0; i < starts; i++) {
          CounterRandom random = CounterRandom.of(seed, "escape").split(each).split(i);
          ofExact[i] = exact[i][each];
          drawn[i] = Escape.drawn(trainer, EscapeTimes.STARTS[i], ofQ, random);
        }
        escapes.add(new EscapeTimes(ofQ.q(), ofExact, drawn));
        noise.add(LabelNoise.of(trainer, ofQ));
      }
    }
    return new Theory(samples, escapes, noise);
  }

  /** The tables, each under its sentence. */
  public String text() {
    EscapeTimes last = escapes.get(escapes.size() - 1);
    return "Time until the right answer has probability 1/2, from p₀, with the exact gradient:\n"
        + escapeTable(
            EscapeTimes::exact,
            List.of("exponent", "by theory", "off the integral"),
            escape ->
                List.of(
                    number("%.3f", EscapeTimes.exponent(escape.exact())),
                    escape.q() == 1 ? "logarithm" : number("%.2f", escape.q() - 1),
                    number("%.1f %%", 100 * escape.distanceFromIntegral())))
        + number(
            "At q = 1 the time rises by %.3f where ln(1/p₀) rises by 1; by theory by 1.%n",
            EscapeTimes.riseWithLog(last.exact()))
        + "\nThe same with groups of %d drawn answers, judged right or wrong:\n".formatted(samples)
        + escapeTable(
            EscapeTimes::drawn,
            List.of("exponent"),
            escape -> List.of(number("%.3f", EscapeTimes.exponent(escape.drawn()))))
        + "\nTime until a wrong gold answer, one of %d, has probability 1/2:\n"
            .formatted(LabelNoise.PROMPTS)
        + TextTable.of(
            List.of("q", "right answer learned", "wrong answer fitted", "times as long"),
            noise.stream()
                .map(
                    each ->
                        List.of(
                            number("%.2f", each.q()),
                            number("%.3g", each.learned()),
                            upToHorizon("%.3g", each.fitted(), 1),
                            upToHorizon("%.1f", each.fitted(), each.learned())))
                .toList());
  }

  private String escapeTable(
      Function<EscapeTimes, double[]> times,
      List<String> moreNames,
      Function<EscapeTimes, List<String>> moreCells) {
    List<String> header = new ArrayList<>(List.of("q"));
    for (double start : EscapeTimes.STARTS) {
      header.add(number("p₀ = %.0e", start));
    }
    header.addAll(moreNames);
    List<List<String>> rows = new ArrayList<>();
    for (EscapeTimes escape : escapes) {
      List<String> row = new ArrayList<>(List.of(number("%.2f", escape.q())));
      for (double time : times.apply(escape)) {
        row.add(number("%.3g", time));
      }
      row.addAll(moreCells.apply(escape));
      rows.add(row);
    }
    return TextTable.of(header, rows);
  }

  private static String upToHorizon(String format, double time, double unit) {
    return Double.isInfinite(time)
        ? number("> %.2g", LabelNoise.HORIZON / unit)
        : number(format, time / unit);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
