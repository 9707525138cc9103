package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.io.FileMistake;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The tables of a run's steps, each with a manifest. Whoever reads a table is told when it is not
 * the one that was written and, in the step that is open, when something that it was made from has
 * been written anew since.
 */
final class StepTables {
  private static final String COMMIT = "commit";
  private static final String OF_A_COMMITTED_STEP =
      "restore it, or go back to a step before it by --resume --from-step";

  private final SparkSession spark;
  private final RunFolder folder;
  private final boolean hasRounds;

  /**
   * The tables of a run.
   *
   * @param hasRounds whether a step may have more than one round of sampling
   */
  StepTables(SparkSession spark, RunFolder folder, boolean hasRounds) {
    this.spark = spark;
    this.folder = folder;
    this.hasRounds = hasRounds;
  }

  /**
   * The step that is being made.
   *
   * @param step its number
   * @param commit digest of the commit that it follows, which stands for all that was before
   */
  record Open(long step, String commit) {}

  /** Writes a table that is made from files of the user; gives the number of rows. */
  static long write(FileSystem files, Table<?> table, Dataset<Row> content, Path path)
      throws IOException {
    return write(files, table, content, path, Map.of());
  }

  /**
   * The same of a table that goes on to know what it is made from.
   *
   * @param from digests by name
   */
  static long write(
      FileSystem files, Table<?> table, Dataset<Row> content, Path path, Map<String, String> from)
      throws IOException {
    Manifest.drop(files, path);
    long rows = table.write(content, path.toString());
    Manifest.of(files, path, rows, from).write(files, path);
    return rows;
  }

  /** Writes a table of the open step; gives the number of rows. */
  long write(Open open, int round, Table<?> table, Dataset<Row> content) throws IOException {
    Path path = folder.table(open.step(), round, table.name());
    return write(folder.fileSystem(), table, content, path, sources(open, round, table));
  }

  /** The rows of a table that the run starts from. */
  Dataset<Row> read(Table<?> table, Path path) throws IOException {
    try {
      Manifest.held(folder.fileSystem(), path);
    } catch (InvalidInputException refused) {
      throw with(refused, "it was made when the run began: restore it, or start another run");
    }
    return table.read(spark, path.toString());
  }

  /** Holds that a table of a committed step's evaluation is what was written. */
  static void requireHeld(FileSystem files, Path path) throws IOException {
    try {
      Manifest.held(files, path);
    } catch (InvalidInputException refused) {
      throw with(refused, OF_A_COMMITTED_STEP);
    }
  }

  /** The rows of a step's table, those of all rounds of sampling together. */
  Dataset<Row> read(Open open, long step, Table<?> table) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (int round = 0; round < rounds(step, table); round++) {
      paths.add(held(open, step, round, table));
    }
    return table.read(spark, paths.stream().map(Path::toString).toArray(String[]::new));
  }

  /** Whether one round's table of the open step is finished, and what it was made from the same. */
  boolean isWhole(Open open, int round, Table<?> table) throws IOException {
    try {
      held(open, open.step(), round, table);
      return true;
    } catch (InvalidInputException unfinished) {
      return false;
    }
  }

  /** The rows of one round's table of the open step. */
  Dataset<Row> read(Open open, int round, Table<?> table) throws IOException {
    return table.read(spark, held(open, open.step(), round, table).toString());
  }

  /** Number of rows of a step's table. */
  long rows(long step, Table<?> table) throws IOException {
    long rows = 0;
    for (int round = 0; round < rounds(step, table); round++) {
      Path path = folder.table(step, round, table.name());
      rows += Manifest.read(folder.fileSystem(), path).rows();
    }
    return rows;
  }

  private int rounds(long step, Table<?> table) throws IOException {
    return hasRounds && table.isOfRound() ? folder.tables(step, table.name()).size() : 1;
  }

  private Path held(Open open, long step, int round, Table<?> table) throws IOException {
    Path path = folder.table(step, round, table.name());
    boolean isOpen = step == open.step();
    try {
      Manifest.held(folder.fileSystem(), path);
    } catch (InvalidInputException refused) {
      throw with(refused, isOpen ? repeating(round, table) : OF_A_COMMITTED_STEP);
    } catch (IOException e) {
      throw FileMistake.of("Cannot read " + path + ": " + e.getMessage(), e);
    }
    if (isOpen) {
      requireFresh(open, round, table);
    }
    return path;
  }

  /** Holds that nothing that the table was made from, and so on, was written after it. */
  private void requireFresh(Open open, int round, Table<?> table) throws IOException {
    Map<String, String> madeFrom = manifest(open, round, table).madeFrom();
    if (!madeFrom.equals(sources(open, round, table))) {
      throw new InvalidInputException(
          "Invalid table %s: what it was made from was written anew since (%s)"
              .formatted(folder.table(open.step(), round, table.name()), repeating(round, table)));
    }
    for (Table<?> source : table.sources()) {
      for (int of = round; of < end(open, round, table, source); of++) {
        requireFresh(open, of, source);
      }
    }
  }

  /** What a table that is written now is made from: digests by name. */
  private Map<String, String> sources(Open open, int round, Table<?> table) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    if (table.sources().isEmpty()) {
      sources.put(COMMIT, open.commit());
    }
    for (Table<?> source : table.sources()) {
      for (int of = round; of < end(open, round, table, source); of++) {
        sources.put(source.name() + ", round " + of, manifest(open, of, source).digest());
      }
    }
    return sources;
  }

  private Manifest manifest(Open open, int round, Table<?> table) throws IOException {
    try {
      return Manifest.read(folder.fileSystem(), folder.table(open.step(), round, table.name()));
    } catch (InvalidInputException refused) {
      throw with(refused, repeating(round, table));
    }
  }

  // The tables of a round are made from those of the same one, all others from every round.
  private int end(Open open, int round, Table<?> table, Table<?> source) throws IOException {
    return table.isOfRound() ? round + 1 : rounds(open.step(), source);
  }

  private static String repeating(int round, Table<?> table) {
    return "run the stage that writes it: " + (round == 0 ? table.stage() : "refill");
  }

  private static InvalidInputException with(InvalidInputException refused, String remedy) {
    return new InvalidInputException(refused.getMessage() + " (" + remedy + ")", refused);
  }
}
