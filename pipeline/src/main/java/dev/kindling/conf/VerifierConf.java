package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who judges answers.
 *
 * @param name verifier for every example; empty takes the one that the data set names
 * @param own verifiers of the user's own
 * @param tables what their expressions may read
 * @param maxFaultShare largest share of a step's verdicts that may be faults of the verifier
 * @param worker bounds of the processes that compute algebra
 */
public record VerifierConf(
    Optional<String> name,
    List<OwnVerifierConf> own,
    List<VerifierTableConf> tables,
    double maxFaultShare,
    WorkerConf worker) {
  /**
   * Bounds of a process that computes what a verdict needs algebra for.
   *
   * @param seconds wall clock of one answer
   * @param cpuSeconds processor time of one answer
   * @param memoryMib heap of the process, in MiB
   */
  public record WorkerConf(double seconds, double cpuSeconds, int memoryMib) {}

  /** Refuses an empty name, a share that is none, and bounds outside of their ranges. */
  public VerifierConf {
    own = List.copyOf(own);
    tables = List.copyOf(tables);
    Check entries = new Check();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < own.size(); i++) {
      String key = "verifier.own[" + i + "]";
      own.get(i).check(entries, key);
      entries.that(
          names.add(own.get(i).name()),
          key + ".name",
          own.get(i).name(),
          "must be that of one verifier alone");
    }
    for (int i = 0; i < tables.size(); i++) {
      tables.get(i).check(entries, "verifier.tables[" + i + "]");
    }
    entries.done();
    new Check()
        .that(
            name.isEmpty() || !name.get().isBlank(),
            "verifier.name",
            name.orElse(null),
            "must not be empty")
        .that(
            maxFaultShare >= 0 && maxFaultShare <= 1,
            "verifier.max_fault_share",
            maxFaultShare,
            "must be in [0, 1]")
        .that(
            worker.seconds > 0 && worker.seconds <= 3600,
            "verifier.worker.seconds",
            worker.seconds,
            "must be in (0, 3600]")
        .that(
            worker.cpuSeconds > 0 && worker.cpuSeconds <= 3600,
            "verifier.worker.cpu_seconds",
            worker.cpuSeconds,
            "must be in (0, 3600]")
        .that(
            worker.memoryMib >= 64 && worker.memoryMib <= 65536,
            "verifier.worker.memory_mib",
            worker.memoryMib,
            "must be in [64, 65536]")
        .done();
  }
}
