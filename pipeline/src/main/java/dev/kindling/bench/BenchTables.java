package dev.kindling.bench;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.Precision;
import dev.kindling.report.TextTable;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The measurements as tables for the terminal, one for each part of a step. */
public final class BenchTables {
  private static final double GIGA = 1e9;
  private static final double MIB = 1 << 20;

  private final StageBench bench;
  private final Progress progress;
  private final Floor floor;
  private final List<BenchModel> models;
  private final List<Precision> precisions;

  /**
   * Tables of some models at some precisions.
   *
   * @param progress shown while whole steps run
   * @param floor what shares refer to
   */
  public BenchTables(
      StageBench bench,
      Progress progress,
      Floor floor,
      List<BenchModel> models,
      List<Precision> precisions) {
    this.bench = bench;
    this.progress = progress;
    this.floor = floor;
    this.models = models;
    this.precisions = precisions;
  }

  /** Makes the table's rows for one model at one precision. */
  private interface Lines {
    List<List<String>> of(BenchModel model, Precision precision) throws IOException;
  }

  private String table(List<String> header, Lines lines) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (BenchModel model : models) {
      for (Precision precision : precisions) {
        rows.addAll(lines.of(model, precision));
      }
    }
    return TextTable.of(header, rows);
  }

  /** The floor itself. */
  public String machine() {
    boolean widens = Arithmetic.of(Precision.BFLOAT16, Device.CPU) == Arithmetic.WIDENED_BFLOAT16;
    return TextTable.of(
        List.of("one of %d cores, all busy".formatted(bench.tasks()), "at best"),
        List.of(
            List.of("reads from memory", decimals(floor.bytesPerSecond() / GIGA, 1) + " GB/s"),
            List.of("float32 products", decimals(floor.float32Flops() / GIGA, 0) + " GFLOP/s"),
            List.of(
                "bfloat16 products",
                decimals(floor.bfloat16Flops() / GIGA, 0)
                    + (widens ? " GFLOP/s, multiplied as float32" : " GFLOP/s"))));
  }

  /** Sampling: tokens that the rollout stage samples in a second of its tasks. */
  public String decode() throws IOException {
    return table(
        List.of(
            "decode", "precision", "per task", "tokens/s/core", "±", "ms/step", "of floor", "busy"),
        (model, precision) -> {
          List<List<String>> rows = new ArrayList<>();
          for (Workload work :
              model.isLarge()
                  ? List.of(
                      new Workload(model, precision, 1, 1, 16, 64),
                      new Workload(model, precision, 1, 8, 16, 64))
                  : List.of(
                      new Workload(model, precision, 8, 8, 16, 128),
                      new Workload(model, precision, 8, 8, 64, 64))) {
            Measured measured = bench.rollout(work);
            Spread seconds = measured.rolloutSeconds();
            List<String> row = new ArrayList<>(start(work));
            row.addAll(rate(measured.tokens(), seconds));
            row.add(decimals(1e3 * seconds.median() / work.answerTokens(), 2));
            row.add(percent(floor.rollout(work) / seconds.median()));
            row.add(percent(measured.busy()));
            rows.add(row);
          }
          return rows;
        });
  }

  /** Reading prompts: a rollout stage whose answers are one token long. */
  public String prefill() throws IOException {
    return table(
        List.of("prefill", "precision", "per task", "tokens/s/core", "±", "of floor", "busy"),
        (model, precision) -> {
          Workload work = new Workload(model, precision, 8, 1, 64, 1);
          Measured measured = bench.rollout(work);
          Spread seconds = measured.rolloutSeconds();
          List<String> row = new ArrayList<>(start(work));
          row.addAll(rate(measured.computedTokens(), seconds));
          row.add(percent(floor.rollout(work) / seconds.median()));
          row.add(percent(measured.busy()));
          return List.of(row);
        });
  }

  /** Training: tokens of the sequences whose gradient a second of the tasks computes. */
  public String train() throws IOException {
    return table(
        List.of(
            "train",
            "precision",
            "per task",
            "tokens/s/core",
            "±",
            "computed",
            "of floor",
            "busy",
            "whole update s"),
        (model, precision) -> {
          List<List<String>> rows = new ArrayList<>();
          for (Workload work :
              model.isLarge()
                  ? List.of(new Workload(model, precision, 1, 8, 64, 128))
                  : List.of(
                      new Workload(model, precision, 32, 1, 64, 128),
                      new Workload(model, precision, 4, 8, 64, 128))) {
            Measured measured = bench.train(work);
            Spread seconds = measured.gradientSeconds();
            List<String> row = new ArrayList<>(start(work));
            row.addAll(rate(measured.tokens(), seconds));
            row.add(percent(measured.computedTokens() / measured.tokens()));
            row.add(percent(floor.training(work) / seconds.median()));
            row.add(percent(measured.busy()));
            row.add(decimals(measured.wallSeconds().median(), 2));
            rows.add(row);
          }
          return rows;
        });
  }

  /** A whole step of 32 prompts × 8 answers of 64 tokens, stage by stage, cold and warm. */
  public String step() throws IOException {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("step", "precision", "shape", "steps before"));
    for (BenchModel model : models) {
      for (Precision precision : precisions) {
        Workload work = new Workload(model, precision, 32, 8, 64, 64);
        for (StageBench.Steps steps : bench.steps(work, progress)) {
          if (rows.isEmpty()) {
            steps.seconds().keySet().forEach(stage -> header.add(stage + " s"));
            header.add("±");
          }
          List<String> row = new ArrayList<>(start(work));
          row.add(String.valueOf(steps.before()));
          steps.seconds().values().forEach(spread -> row.add(decimals(spread.median(), 2)));
          row.add(percent(steps.seconds().get(StepBench.TOGETHER).noise()));
          rows.add(row);
        }
      }
    }
    return TextTable.of(header, rows);
  }

  /** Peaks of resident memory, each of a process of its own. */
  public String memory(MemoryProcess process) throws IOException {
    return table(
        List.of("memory", "precision", "per task", "task", "peak MiB", "allowed MiB", "share"),
        (model, precision) -> {
          List<List<String>> rows = new ArrayList<>();
          for (MemoryCase each : MemoryCase.values()) {
            Workload work = each.work(model, precision);
            if (!each.isOf(work)) {
              continue;
            }
            double allowed = each.allowed(work, bench.keptBytes(work));
            double peak = process.peak(each, work);
            List<String> row = new ArrayList<>(start(work));
            row.add(each.name().toLowerCase(Locale.ROOT));
            row.add(decimals(peak / MIB, 0));
            row.add(decimals(allowed / MIB, 0));
            row.add(percent(peak / allowed));
            rows.add(row);
          }
          return rows;
        });
  }

  private static List<String> start(Workload work) {
    return List.of(work.model().name(), work.precisionName(), work.shape());
  }

  private static List<String> rate(double tokens, Spread seconds) {
    return List.of(decimals(tokens / seconds.median(), 0), percent(seconds.noise()));
  }

  private static String decimals(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static String percent(double share) {
    return decimals(100 * share, 0) + " %";
  }
}
