package dev.kindling.udf.worker;

import dev.kindling.udf.Judgement;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.MessageChannelReader;

/**
 * A running worker, used by one task at a time. Its input closes when this process dies, however it
 * dies, and the worker then ends.
 */
final class WorkerProcess implements AutoCloseable {
  /** Most memory of the rows on their way, in bytes. */
  private static final long WIRE_BYTES = 64L << 20;

  private final Process process;
  private final LastWords errors;
  private final BufferAllocator allocator = new RootAllocator(WIRE_BYTES);
  private final VectorSchemaRoot requests = VectorSchemaRoot.create(Contract.REQUEST, allocator);
  private final OutputStream output;
  private final ArrowStreamWriter writer;
  private final ArrowStreamReader reader;
  private boolean started;
  private volatile boolean stopped;

  /** Starts a command that speaks {@link Contract}. */
  WorkerProcess(List<String> command) throws IOException {
    process = new ProcessBuilder(command).start();
    errors = new LastWords(process.getErrorStream());
    output = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
    writer = new ArrowStreamWriter(requests, null, output);
    reader =
        new ArrowStreamReader(
            new MessageChannelReader(
                new BoundedChannel(process.getInputStream(), (int) WIRE_BYTES), allocator),
            allocator);
  }

  /**
   * Sends rows and waits for their verdicts.
   *
   * @throws IOException if the process ended, was stopped or said something else
   */
  List<Judgement> ask(List<Request> rows) throws IOException {
    try {
      if (!started) {
        writer.start();
        started = true;
      }
      Batches.write(requests, rows);
      writer.writeBatch();
      output.flush();
      if (!reader.loadNextBatch()) {
        throw new IOException("the worker closed its output");
      }
      VectorSchemaRoot answers = reader.getVectorSchemaRoot();
      if (!answers.getSchema().equals(Contract.RESPONSE) || answers.getRowCount() != rows.size()) {
        throw new IOException(
            "the worker answered %d rows by %d of %s"
                .formatted(rows.size(), answers.getRowCount(), answers.getSchema()));
      }
      return Batches.judgements(answers);
    } catch (RuntimeException damaged) {
      throw new IOException("the worker's answer cannot be read", damaged);
    }
  }

  /** The last line that it said on its error output; empty if it said nothing. */
  String lastWords() {
    return errors.line();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Whether it can be asked; a process that was told to stop may take a while to end. */
  boolean isAlive() {
    return !stopped && process.isAlive();
  }

  /** Stops the process at once. */
  void stop() {
    stopped = true;
    process.destroyForcibly();
  }

  @Override
  public void close() {
    stop();
    try {
      reader.close(false);
    } catch (IOException e) {
      // The process is gone; what is closed here is memory.
    }
    requests.close();
    allocator.close();
  }
}
