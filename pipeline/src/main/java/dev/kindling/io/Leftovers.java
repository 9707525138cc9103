package dev.kindling.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Removes what of a run's folder is of no use, or of no use any more. */
public final class Leftovers {
  private Leftovers() {}

  /**
   * Removes what interrupted tries have left: steps, checkpoints and metrics without a commit, and
   * temporary files. The caller holds the {@link RunLock}.
   *
   * @return the removed paths, relative to the run folder
   */
  public static List<String> removeUncommitted(RunFolder run) throws IOException {
    return removeUncommitted(run, false);
  }

  /** The same, but the tables of the step behind the last committed one stay. */
  public static List<String> removeBesideNextTables(RunFolder run) throws IOException {
    return removeUncommitted(run, true);
  }

  private static List<String> removeUncommitted(RunFolder run, boolean keepsTables)
      throws IOException {
    List<Long> committed = run.committedSteps();
    List<Path> rubbish = new ArrayList<>();
    for (Path parent : run.stepParents()) {
      SortedMap<Long, Path> steps = run.stepFolders(parent);
      steps.keySet().removeAll(committed);
      if (keepsTables && parent.equals(run.root())) {
        steps.remove((long) committed.size());
      }
      rubbish.addAll(steps.values());
    }
    for (Path parent : List.of(run.root(), run.model(), run.evaluationPrompts())) {
      rubbish.addAll(temporaryFiles(run, parent));
    }
    for (long step : committed) {
      rubbish.addAll(temporaryFiles(run, run.step(step)));
      rubbish.addAll(temporaryFiles(run, run.checkpoint(step)));
    }
    return run.remove(rubbish);
  }

  /**
   * Removes the checkpoints of committed steps except the newest ones; tables and commits stay.
   *
   * @param keep how many stay; 0 keeps all
   * @param others steps whose checkpoints stay as well: the first, for a run that refers to it, and
   *     the best
   * @return the removed paths, relative to the run folder
   */
  public static List<String> pruneCheckpoints(RunFolder run, int keep, Set<Long> others)
      throws IOException {
    List<Path> old = new ArrayList<>();
    List<Long> steps = run.committedSteps();
    if (keep > 0) {
      for (long step : steps.subList(0, Math.max(0, steps.size() - keep))) {
        Path checkpoint = run.checkpoint(step);
        if (run.fileSystem().exists(checkpoint) && !others.contains(step)) {
          old.add(checkpoint);
        }
      }
    }
    return run.remove(old);
  }

  /** Removes the steps that were gone back from. */
  public static void removeDiscarded(RunFolder run) throws IOException {
    run.fileSystem().delete(run.discarded(), true);
  }

  private static List<Path> temporaryFiles(RunFolder run, Path parent) throws IOException {
    List<Path> files = new ArrayList<>();
    for (FileStatus status : run.list(parent)) {
      if (status.isFile() && AtomicFile.isTemporary(status.getPath())) {
        files.add(status.getPath());
      }
    }
    return files;
  }
}
