package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.SparkTest;
import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What torch can do is known before the first stage. */
class TorchProbeTest {
  @Test
  void aGpuThatTorchCannotUseIsRefusedWithWhatTorchSays() {
    assumeTrue(Files.notExists(Path.of("/dev/nvidia0")), "this machine has a GPU");
    assertThatThrownBy(() -> TorchProbe.requireUsable(Device.cuda(0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot use cuda:0, which Spark gave to a task: ")
        .hasMessageEndingWith(" (" + TorchProbe.REMEDY + ")");
  }

  @Test
  void theProcessorIsTriedOnATask() {
    assertThatCode(() -> TorchProbe.requireUsable(Device.CPU)).doesNotThrowAnyException();
    assertThat(TorchProbe.look(SparkTest.session()))
        .startsWith("natives work on cpu, log-probs of a new policy [");
  }
}
