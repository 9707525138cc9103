package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.engine.model.Device;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

/** Which processor a task's policy is on. */
class TaskDeviceTest {
  @Test
  void isTheFirstGpuThatSparkGaveTheTask() {
    assertThat(TaskDevice.of(gpus("3", "5"))).isEqualTo(Device.cuda(3)).hasToString("cuda:3");
  }

  @Test
  void isTheCpuOfATaskWithoutGpus() {
    assertThat(TaskDevice.of(Map.of())).isEqualTo(Device.CPU).hasToString("cpu");
    assertThat(TaskDevice.of(gpus())).isEqualTo(Device.CPU);
  }

  @Test
  void isTheCpuOutsideOfTasks() {
    assertThat(TaskDevice.current()).isEqualTo(Device.CPU);
  }

  @Test
  void anAddressThatIsNoIndexIsRefused() {
    assertThatThrownBy(() -> TaskDevice.of(gpus("GPU-1f0c")))
        .hasMessageContaining("Invalid address of the task's GPU: GPU-1f0c")
        .hasMessageContaining("spark.executor.resource.gpu.discoveryScript");
  }

  private static Map<String, ResourceInformation> gpus(String... addresses) {
    return Map.of("gpu", new ResourceInformation("gpu", addresses));
  }
}
