package dev.kindling.udf.worker;

import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;

/** Rows of {@link Contract} to Arrow vectors and back. */
public final class Batches {
  private Batches() {}

  /** Fills a batch with requests. */
  static void write(VectorSchemaRoot root, List<Request> rows) {
    root.allocateNew();
    ListVector gold = (ListVector) root.getVector(Contract.GOLD);
    VarCharVector elements = (VarCharVector) gold.getDataVector();
    int element = 0;
    for (int row = 0; row < rows.size(); row++) {
      Request request = rows.get(row);
      set(root, Contract.VERIFIER, row, request.verifier());
      gold.startNewValue(row);
      for (String each : request.gold()) {
        elements.setSafe(element++, each.getBytes(StandardCharsets.UTF_8));
      }
      gold.endValue(row, request.gold().size());
      set(root, Contract.CONTEXT, row, request.context());
      set(root, Contract.ANSWER, row, request.answer());
    }
    root.setRowCount(rows.size());
  }

  /** The requests of a batch. */
  public static List<Request> requests(VectorSchemaRoot root) {
    ListVector gold = (ListVector) root.getVector(Contract.GOLD);
    VarCharVector elements = (VarCharVector) gold.getDataVector();
    List<Request> rows = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      List<String> accepted = new ArrayList<>();
      for (int i = gold.getElementStartIndex(row); i < gold.getElementEndIndex(row); i++) {
        accepted.add(text(elements, i));
      }
      rows.add(
          new Request(
              get(root, Contract.VERIFIER, row),
              accepted,
              get(root, Contract.CONTEXT, row),
              get(root, Contract.ANSWER, row)));
    }
    return rows;
  }

  /** Fills a batch with verdicts. */
  public static void writeJudgements(VectorSchemaRoot root, List<Judgement> rows) {
    root.allocateNew();
    for (int row = 0; row < rows.size(); row++) {
      Judgement judgement = rows.get(row);
      set(root, Contract.VERDICT, row, judgement.verdict().name());
      set(root, Contract.EXTRACTED, row, judgement.extracted());
      set(root, Contract.REASON, row, judgement.reason());
    }
    root.setRowCount(rows.size());
  }

  /** The verdicts of a batch. */
  static List<Judgement> judgements(VectorSchemaRoot root) {
    List<Judgement> rows = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      rows.add(
          new Judgement(
              Verdict.valueOf(get(root, Contract.VERDICT, row)),
              get(root, Contract.EXTRACTED, row),
              get(root, Contract.REASON, row)));
    }
    return rows;
  }

  private static void set(VectorSchemaRoot root, String column, int row, String value) {
    VarCharVector vector = (VarCharVector) root.getVector(column);
    if (value == null) {
      vector.setNull(row);
    } else {
      vector.setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String get(VectorSchemaRoot root, String column, int row) {
    return text((VarCharVector) root.getVector(column), row);
  }

  private static String text(VarCharVector vector, int row) {
    return vector.isNull(row) ? null : new String(vector.get(row), StandardCharsets.UTF_8);
  }
}
