package dev.kindling.bench;

/**
 * What a step took, in seconds of wall time.
 *
 * @param wall of the whole step
 * @param sampling of it, with all cores at work on it
 * @param verifying likewise
 * @param gradients likewise
 * @param stepStage of the stage that makes the updates, with its commit's metrics left out
 */
record StepCost(
    double wall, double sampling, double verifying, double gradients, double stepStage) {
  /** Seconds that the cores, all at work, need for what the step is there for. */
  double arithmetic() {
    return sampling + verifying + gradients;
  }

  /** All other seconds. */
  double beside() {
    return wall - arithmetic();
  }

  /** One of the step's updates, without the stages before. */
  StepCost update(int updates) {
    return new StepCost(stepStage / updates, 0, 0, gradients / updates, stepStage / updates);
  }
}
