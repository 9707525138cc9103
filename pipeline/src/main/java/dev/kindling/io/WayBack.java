package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The way back to an earlier step of a run whose newer ones are damaged or not wanted. What is gone
 * back from is set aside in {@code discarded/} until the next commit.
 */
public final class WayBack {
  private WayBack() {}

  /**
   * Holds that the commits of a run follow each other, from the first to the last.
   *
   * @throws InvalidInputException naming the first that is missing, damaged or of another run
   */
  public static void verifyHistory(RunFolder run) throws IOException {
    String previous = null;
    for (long step : run.committedSteps()) {
      previous = run.readCommit(step, previous).digest();
    }
  }

  /** Says how to go back, where the newest committed step of a run is not whole. */
  public static Optional<String> remedy(RunFolder run) throws IOException {
    long last = -1;
    for (long step : run.stepFolders(run.root()).keySet()) {
      last = run.fileSystem().exists(run.commit(step)) ? step : last;
    }
    OptionalLong whole = newest(run);
    if (last < 0 || whole.orElse(-1) == last) {
      return Optional.empty();
    }
    return Optional.of(
        whole.isEmpty()
            ? "No step of the run is whole with its checkpoint (start another run by --name)"
            : "Step %d is whole; to go back to it: %s --resume --from-step %d"
                .formatted(whole.getAsLong(), command(run), whole.getAsLong()));
  }

  private static String command(RunFolder run) {
    // A run that was moved lies no longer where its configuration says.
    return run.root().toUri().getScheme().equals("file")
        ? "./submit.sh train --config %s --set %s"
            .formatted(
                quoted(run.config().toUri().getPath()),
                quoted("run.folder=" + run.root().getParent().toUri().getPath()))
        : "the command that started the run, with";
  }

  private static String quoted(String argument) {
    return "'" + argument.replace("'", "'\\''") + "'";
  }

  /** The newest step that is {@link #whole}; empty when there is none. */
  private static OptionalLong newest(RunFolder run) throws IOException {
    List<Commit> history = history(run, Long.MAX_VALUE);
    for (int i = history.size() - 1; i >= 0; i--) {
      if (isWhole(run, history.get(i))) {
        return OptionalLong.of(history.get(i).step());
      }
    }
    return OptionalLong.empty();
  }

  /**
   * The commit of a step that can be gone back to.
   *
   * @throws InvalidInputException if the step or one before it is damaged, or its checkpoint is
   */
  public static Commit whole(RunFolder run, long step) throws IOException {
    List<Commit> history = history(run, step);
    if (step < 0 || history.size() <= step || !isWhole(run, history.get((int) step))) {
      OptionalLong newest = newest(run);
      throw new InvalidInputException(
          "Invalid --from-step: %d (must be a step that is whole, with its checkpoint: %s)"
              .formatted(
                  step,
                  newest.isEmpty() ? "there is none" : "the newest is " + newest.getAsLong()));
    }
    return history.get((int) step);
  }

  /**
   * Goes back: every later step is set aside, committed or not. The caller holds the {@link
   * RunLock}.
   *
   * @param step one that is {@link #whole}
   * @return what was set aside, relative to the run folder
   */
  public static List<String> to(RunFolder run, long step) throws IOException {
    List<Path> later = new ArrayList<>();
    for (Path parent : run.stepParents()) {
      later.addAll(run.stepFolders(parent).tailMap(step + 1).values());
    }
    // The newest first, and its commit before all else: what is there is a run at any instant.
    later.sort(Comparator.comparing((Path folder) -> rank(run, folder)).reversed());
    List<String> moved = new ArrayList<>();
    for (Path folder : later) {
      moved.add(setAside(run, folder));
    }
    return moved;
  }

  private static String rank(RunFolder run, Path folder) {
    return folder.getName() + (folder.getParent().equals(run.root()) ? "1" : "0");
  }

  private static String setAside(RunFolder run, Path folder) throws IOException {
    FileSystem fileSystem = run.fileSystem();
    String name = run.relative(folder);
    Path aside = new Path(run.discarded(), name);
    fileSystem.delete(aside, true);
    fileSystem.mkdirs(aside);
    // A folder is not moved at once everywhere: without its commit, which is, it counts no more.
    Path commit = new Path(folder, RunFolder.COMMIT);
    if (fileSystem.exists(commit)) {
      move(fileSystem, commit, aside);
    }
    for (FileStatus file : fileSystem.listStatus(folder)) {
      move(fileSystem, file.getPath(), aside);
    }
    fileSystem.delete(folder, true);
    return name;
  }

  private static void move(FileSystem fileSystem, Path file, Path folder) throws IOException {
    if (!fileSystem.rename(file, new Path(folder, file.getName()))) {
      throw new IOException("Cannot move " + file + " to " + folder);
    }
  }

  /** The commits that follow each other, up to the first that is missing or damaged. */
  private static List<Commit> history(RunFolder run, long last) throws IOException {
    List<Commit> history = new ArrayList<>();
    String previous = null;
    try {
      for (long step = 0; step <= last && run.fileSystem().exists(run.commit(step)); step++) {
        Commit commit = run.readCommit(step, previous);
        previous = commit.digest();
        history.add(commit);
      }
    } catch (InvalidInputException damaged) {
      // This one and what follows it cannot be gone back to.
    }
    return history;
  }

  private static boolean isWhole(RunFolder run, Commit commit) throws IOException {
    try {
      commit.verify(run.fileSystem(), run.checkpoint(commit.step()));
      return true;
    } catch (InvalidInputException damaged) {
      return false;
    }
  }
}
