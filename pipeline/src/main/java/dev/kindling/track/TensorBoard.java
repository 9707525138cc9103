package dev.kindling.track;

import dev.kindling.io.GrownFile;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunStatus;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Event files for TensorBoard in the run folder, one for each driver that sends something. It
 * begins with the step that it goes on from, and TensorBoard drops what earlier files have from
 * there on: steps that were gone back from.
 */
final class TensorBoard implements Sink {
  private static final Pattern FILE = Pattern.compile("events\\.out\\.tfevents\\.([0-9]{10})\\..*");
  private static final String EVALUATION = "eval_";

  private final RunFolder folder;
  private final Path files;

  // Null until something is sent.
  private Path file;

  TensorBoard(RunFolder folder) {
    this.folder = folder;
    this.files = new Path(folder.root(), "tensorboard");
  }

  @Override
  public String label() {
    return "tensorboard";
  }

  @Override
  public long held(long sent) throws IOException {
    // After a failure the end of the old one may be half a record.
    file = null;
    return newest() == 0 ? 0 : sent;
  }

  @Override
  public void send(List<StepFigures> steps) throws IOException {
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    if (file == null) {
      long now = System.currentTimeMillis();
      // TensorBoard reads files in the order of their names.
      long seconds = Math.max(now / 1000, newest() + 1);
      file =
          new Path(
              files, String.format(Locale.ROOT, "events.out.tfevents.%010d.kindling", seconds));
      events.writeBytes(EventBytes.version(now));
      events.writeBytes(EventBytes.restart(now, steps.get(0).step()));
    }
    for (StepFigures step : steps) {
      events.writeBytes(EventBytes.scalars(step.timeMillis(), step.step(), tagged(step.values())));
    }
    GrownFile.append(folder.fileSystem(), file, events.toByteArray());
  }

  /** As the Trainer of Hugging Face's transformers groups what TRL logs. */
  private static Map<String, Number> tagged(Map<String, Number> figures) {
    Map<String, Number> tagged = new LinkedHashMap<>();
    figures.forEach(
        (name, figure) ->
            tagged.put(
                name.startsWith(EVALUATION)
                    ? "eval/" + name.substring(EVALUATION.length())
                    : "train/" + name,
                figure));
    return tagged;
  }

  /** The number in the name of the newest file; 0 where there is none. */
  private long newest() throws IOException {
    try {
      return Arrays.stream(folder.fileSystem().listStatus(files))
          .map(FileStatus::getPath)
          .map(Path::getName)
          .map(FILE::matcher)
          .filter(Matcher::matches)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .max()
          .orElse(0);
    } catch (FileNotFoundException none) {
      return 0;
    }
  }

  @Override
  public void end(RunStatus.State state) {
    // Whatever was sent is in the file.
  }
}
