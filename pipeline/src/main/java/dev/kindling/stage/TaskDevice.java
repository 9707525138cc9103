package dev.kindling.stage;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Device;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * The processor that policies of the running task are on: the GPU that Spark gave it, or the CPU.
 */
public final class TaskDevice {
  private static final String GPU = "gpu";

  private TaskDevice() {}

  /** The device of the running task; the CPU outside of tasks. */
  public static Device current() {
    TaskContext task = TaskContext.get();
    return task == null ? Device.CPU : of(task.resourcesJMap());
  }

  /**
   * The first of the GPUs among a task's resources, or the CPU where there is none.
   *
   * @throws InvalidInputException if its address is not a number
   */
  static Device of(Map<String, ResourceInformation> resources) {
    ResourceInformation gpus = resources.get(GPU);
    if (gpus == null || gpus.addresses().length == 0) {
      return Device.CPU;
    }
    String address = gpus.addresses()[0];
    if (!address.matches("\\d{1,4}")) {
      throw new InvalidInputException(
          "Invalid address of the task's GPU: "
              + address
              + " (must be the index that CUDA knows it by: mend the script of"
              + " spark.executor.resource.gpu.discoveryScript)");
    }
    return Device.cuda(Integer.parseInt(address));
  }
}
