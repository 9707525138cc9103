package dev.kindling.track;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.io.GrownFile;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunStatus;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/** {@code metrics.jsonl} in the run folder: a line for each committed step, in their order. */
final class JsonLines implements Sink {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunFolder folder;
  private final Path file;

  JsonLines(RunFolder folder) {
    this.folder = folder;
    this.file = new Path(folder.root(), "metrics.jsonl");
  }

  @Override
  public String label() {
    return "jsonl";
  }

  /** Cuts what was not sent: half a line of a driver that was killed, or steps gone back from. */
  @Override
  public long held(long sent) throws IOException {
    if (!folder.fileSystem().exists(file)) {
      return 0;
    }
    long steps = 0;
    long bytes = 0;
    byte[] line;
    try (InputStream in = new BufferedInputStream(folder.fileSystem().open(file))) {
      line = line(in);
      while (steps < sent && isOf(line, steps + 1)) {
        steps++;
        bytes += line.length;
        line = line(in);
      }
    }
    // Not by the file's length, which HDFS tells too small while a file is open or was left so.
    if (line.length > 0) {
      GrownFile.cut(folder.fileSystem(), file, bytes);
    }
    return steps;
  }

  /** The next line with its end, if it has one. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n') {
        break;
      }
    }
    return line.toByteArray();
  }

  private static boolean isOf(byte[] line, long step) throws IOException {
    if (line.length == 0 || line[line.length - 1] != '\n') {
      return false;
    }
    try {
      JsonNode number = JSON.readTree(line).path("step");
      return number.isIntegralNumber() && number.asLong() == step;
    } catch (JsonProcessingException malformed) {
      return false;
    }
  }

  @Override
  public void send(List<StepFigures> steps) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (StepFigures step : steps) {
      write(lines, step);
    }
    GrownFile.append(folder.fileSystem(), file, lines.toByteArray());
  }

  private static void write(ByteArrayOutputStream lines, StepFigures step) throws IOException {
    try (JsonGenerator line = JSON.createGenerator(lines)) {
      line.writeStartObject();
      line.writeNumberField("step", step.step());
      for (Map.Entry<String, Number> figure : step.values().entrySet()) {
        if (figure.getValue() instanceof Long whole) {
          line.writeNumberField(figure.getKey(), whole);
        } else {
          line.writeNumberField(figure.getKey(), figure.getValue().doubleValue());
        }
      }
      line.writeEndObject();
    }
    lines.write('\n');
  }

  @Override
  public void end(RunStatus.State state) {
    // Whatever was sent is in the file.
  }
}
