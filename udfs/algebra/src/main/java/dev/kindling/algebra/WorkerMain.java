package dev.kindling.algebra;

import dev.kindling.udf.Judgement;
import dev.kindling.udf.worker.Batches;
import dev.kindling.udf.worker.Contract;
import dev.kindling.udf.worker.Request;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PushbackInputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/**
 * A worker: judges the rows that come as {@link Contract} has them until its input ends, which may
 * be while it computes, because its parent died.
 */
public final class WorkerMain {
  private WorkerMain() {}

  /** Serves standard input and output. */
  public static void main(String[] args) throws IOException {
    PrintStream output = System.out;
    // What libraries print must not come between the rows.
    System.setOut(System.err);
    serve(new PushbackInputStream(System.in, 1), new BufferedOutputStream(output, 1 << 16));
  }

  private static void serve(PushbackInputStream input, OutputStream output) throws IOException {
    SymjaAlgebra algebra = new SymjaAlgebra();
    ExecutorService compute = Executors.newSingleThreadExecutor();
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot answers = VectorSchemaRoot.create(Contract.RESPONSE, allocator);
        ArrowStreamReader reader = new ArrowStreamReader(input, allocator);
        ArrowStreamWriter writer = new ArrowStreamWriter(answers, null, output)) {
      writer.start();
      while (hasMore(input) && reader.loadNextBatch()) {
        List<Request> rows = Batches.requests(reader.getVectorSchemaRoot());
        compute.execute(() -> answer(algebra, rows, answers, writer, output));
      }
      // At once: what is still computed has nobody to be told to.
      Runtime.getRuntime().halt(0);
    }
  }

  /** Waits for the next row, or the end; this thread does so while the other computes. */
  private static boolean hasMore(PushbackInputStream input) throws IOException {
    int next = input.read();
    if (next < 0) {
      return false;
    }
    input.unread(next);
    return true;
  }

  private static void answer(
      SymjaAlgebra algebra,
      List<Request> rows,
      VectorSchemaRoot answers,
      ArrowStreamWriter writer,
      OutputStream output) {
    try {
      List<Judgement> judgements = rows.stream().map(algebra::judge).toList();
      Batches.writeJudgements(answers, judgements);
      writer.writeBatch();
      output.flush();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }
}
