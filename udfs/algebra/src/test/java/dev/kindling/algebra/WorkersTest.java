package dev.kindling.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.udf.math.Algebra;
import dev.kindling.udf.math.AlgebraFaultException;
import dev.kindling.udf.worker.WorkerLimits;
import dev.kindling.udf.worker.Workers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Real workers that are overrun, fail and lose their parent. */
class WorkersTest {
  /** Expressions of the algebra system that no answer can write. */
  private static final String ENDLESS =
      "First(First(FactorInteger("
          // RSA-100, of two prime factors of fifty digits.
          + "15226050279225333605356183781326374297180681149613"
          + "80688657908494580122963258952897654000350692006139)))";

  private static final String ASLEEP = "Pause(1000)";
  private static final String VAST = "Length(Range(10^8))";

  private static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  @Test
  void equalExpressionsAreFoundEqualByOneProcess() throws Exception {
    Algebra algebra = Workers.algebra(new WorkerLimits(120, 60, 300));
    Set<Long> before = children();
    assertThat(algebra.areEqual("(v1+(1))^(2)", "v1^(2)+(2)*v1+(1)")).isTrue();
    Set<Long> after = children();
    after.removeAll(before);
    assertThat(after).hasSize(1);
    for (int i = 0; i < 20; i++) {
      assertThat(algebra.areEqual("Sin(v1)^2+Cos(v1)^2", "(" + i + ")")).isEqualTo(i == 1);
    }
    Set<Long> later = children();
    later.removeAll(before);
    assertThat(later).isEqualTo(after);
  }

  @Test
  void aWorkerThatDiedAtRestIsReplacedWithoutALostAnswer() throws Exception {
    Algebra algebra = Workers.algebra(new WorkerLimits(120, 60, 304));
    Set<Long> before = children();
    assertThat(algebra.areEqual("Sqrt(8)", "2*Sqrt(2)")).isTrue();
    Set<Long> worker = children();
    worker.removeAll(before);
    ProcessHandle handle = ProcessHandle.of(worker.iterator().next()).orElseThrow();
    assertThat(handle.destroyForcibly()).isTrue();
    handle.onExit().get(60, TimeUnit.SECONDS);
    assertThat(algebra.areEqual("Sqrt(8)", "2*Sqrt(2)")).isTrue();
  }

  @Test
  void whatTakesTooMuchProcessorTimeIsStoppedAndReplaced() throws Exception {
    Algebra algebra = Workers.algebra(new WorkerLimits(300, 1, 301));
    assertThatThrownBy(() -> algebra.areEqual(ENDLESS, "(0)"))
        .isInstanceOf(AlgebraFaultException.class)
        .hasMessage("no verdict after 1.0 seconds of processor time");
    assertThat(algebra.areEqual("Sqrt(8)", "2*Sqrt(2)")).isTrue();
  }

  @Test
  void whatTakesTooLongIsStoppedAndReplaced() throws Exception {
    Algebra algebra = Workers.algebra(new WorkerLimits(1, 3600, 302));
    assertThatThrownBy(() -> algebra.areEqual(ASLEEP, "(0)"))
        .isInstanceOf(AlgebraFaultException.class)
        .hasMessage("no verdict after 1.0 seconds");
  }

  @Test
  void whatTakesTooMuchMemoryIsAnErrorAndReplaced() throws Exception {
    Algebra algebra = Workers.algebra(new WorkerLimits(300, 300, 96));
    assertThatThrownBy(() -> algebra.areEqual(VAST, "(0)"))
        .isInstanceOf(AlgebraFaultException.class)
        .hasMessageMatching("(the worker|algebra) failed: .*");
    assertThat(algebra.areEqual("Sqrt(8)", "2*Sqrt(2)")).isTrue();
  }

  @Test
  void aWorkerEndsWithAParentThatIsKilledWhileItComputes() throws Exception {
    Process parent =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    EndlessParent.class.getName()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long pid;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      pid = Long.parseLong(output.readLine());
      ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
      parent.destroyForcibly().waitFor();
      worker.onExit().get(60, TimeUnit.SECONDS);
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /** Asks what has no end, and says which process computes it. */
  static final class EndlessParent {
    public static void main(String[] args) throws IOException, InterruptedException {
      Thread asking =
          new Thread(
              () -> {
                try {
                  Workers.algebra(new WorkerLimits(3600, 3600, 256)).areEqual(ENDLESS, "(0)");
                } catch (AlgebraFaultException e) {
                  throw new IllegalStateException(e);
                }
              });
      asking.start();
      Optional<ProcessHandle> worker = Optional.empty();
      while (worker.isEmpty() || computed(worker.get()) < 8) {
        Thread.sleep(100);
        worker = ProcessHandle.current().children().findFirst();
      }
      System.out.println(worker.get().pid());
      asking.join();
    }

    /** Seconds of processor time, of which starting takes some. */
    private static double computed(ProcessHandle worker) {
      return worker.info().totalCpuDuration().map(time -> time.toMillis() / 1e3).orElse(0.0);
    }
  }
}
