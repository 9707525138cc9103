package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.io.FileMistake;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import dev.kindling.row.TableEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The tables of a run's steps, each with a manifest. Whoever reads a table is told when it is not
 * the one that was written and, in the step that is open, when something that it was made from has
 * been written anew since.
 */
final class StepTables {
  private static final String COMMIT = "commit";

  /**
   * Largest table whose rows go through the driver. They go with each job to its tasks, and from
   * 1000 KiB on, the plan among them, Spark warns of that.
   */
  private static final long MOST_HELD_BYTES = 700L << 10;

  private static final String OF_A_COMMITTED_STEP =
      "restore it, or go back to a step before it by --resume --from-step";

  private final SparkSession spark;
  private final RunFolder folder;
  private final boolean hasRounds;

  /** Rows of the step that was written last, by the folders of their tables. */
  private final Map<Path, Held> held = new HashMap<>();

  private boolean isHeld;

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
   * Rows of a small table that this driver has written.
   *
   * @param digest of the manifest that it wrote with them
   */
  private record Held(String digest, InternalRow[] rows) {}

  /** Whether the driver holds the rows of tables of so many bytes for the stages to come. */
  boolean holds(long bytes) {
    // RAPIDS shall have its part in every query.
    return bytes <= MOST_HELD_BYTES && !TableEngine.plansWithRapids(spark);
  }

  /**
   * Begins the tables of another step.
   *
   * @param bytes of the largest
   */
  void begin(long bytes) {
    held.clear();
    isHeld = holds(bytes);
  }

  /** The rows of all rounds of a step's table, where the driver holds them. */
  Optional<InternalRow[]> held(Open open, Table<?> table) throws IOException {
    List<InternalRow[]> rounds = new ArrayList<>();
    for (int round = 0; round < rounds(open.step(), table); round++) {
      Held rows = held.get(checked(open, open.step(), round, table));
      if (rows == null || !rows.digest().equals(manifest(open, round, table).digest())) {
        return Optional.empty();
      }
      rounds.add(rows.rows());
    }
    return Optional.of(rounds.stream().flatMap(Arrays::stream).toArray(InternalRow[]::new));
  }

  /**
   * The step that is being made.
   *
   * @param step its number
   * @param commit digest of the commit that it follows, which stands for all that was before
   */
  record Open(long step, String commit) {}

  /** Writes a table that is made from files of the user; gives the number of rows. */
  static long write(FileSystem files, long step, Table<?> table, Dataset<Row> content, Path path)
      throws IOException {
    return write(files, step, table, content, path, Map.of());
  }

  /**
   * The same of a table that goes on to know what it is made from.
   *
   * @param from digests by name
   */
  static long write(
      FileSystem files,
      long step,
      Table<?> table,
      Dataset<Row> content,
      Path path,
      Map<String, String> from)
      throws IOException {
    Manifest.drop(files, path);
    long rows = table.write(step, content, path.toString());
    Manifest.of(files, path, rows, from).write(files, path);
    return rows;
  }

  /** The same of rows that the driver holds; gives the manifest. */
  static Manifest write(
      SparkSession spark,
      FileSystem files,
      long step,
      Table<?> table,
      InternalRow[] rows,
      Path path,
      Map<String, String> from)
      throws IOException {
    Manifest.drop(files, path);
    table.write(spark, step, rows, path.toString());
    Manifest manifest = Manifest.of(files, path, rows.length, from);
    manifest.write(files, path);
    return manifest;
  }

  /** Writes records as a table of the open step; gives their number. */
  <T extends Record> long write(Open open, int round, Table<T> table, List<T> records)
      throws IOException {
    return write(open, round, table, table.internal(records));
  }

  /** Writes rows that the driver holds as a table of the open step; gives their number. */
  long write(Open open, int round, Table<?> table, InternalRow[] rows) throws IOException {
    Path path = folder.table(open.step(), round, table.name());
    Manifest manifest =
        write(
            spark,
            folder.fileSystem(),
            open.step(),
            table,
            rows,
            path,
            sources(open, round, table));
    if (isHeld) {
      held.put(path, new Held(manifest.digest(), rows));
    }
    return rows.length;
  }

  /** Writes a table of the open step; gives the number of rows. */
  long write(Open open, int round, Table<?> table, Dataset<Row> content) throws IOException {
    if (isHeld) {
      return write(open, round, table, table.hold(content));
    }
    Path path = folder.table(open.step(), round, table.name());
    return write(
        folder.fileSystem(), open.step(), table, content, path, sources(open, round, table));
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
    if (step == open.step()) {
      Optional<InternalRow[]> rows = held(open, table);
      if (rows.isPresent()) {
        return table.held(spark, rows.get());
      }
    }
    List<Path> paths = new ArrayList<>();
    for (int round = 0; round < rounds(step, table); round++) {
      paths.add(checked(open, step, round, table));
    }
    return table.read(spark, paths.stream().map(Path::toString).toArray(String[]::new));
  }

  /** Whether one round's table of the open step is finished, and what it was made from the same. */
  boolean isWhole(Open open, int round, Table<?> table) throws IOException {
    try {
      checked(open, open.step(), round, table);
      return true;
    } catch (InvalidInputException unfinished) {
      return false;
    }
  }

  /** The rows of one round's table of the open step. */
  Dataset<Row> read(Open open, int round, Table<?> table) throws IOException {
    Path path = checked(open, open.step(), round, table);
    Held rows = held.get(path);
    return rows != null && rows.digest().equals(manifest(open, round, table).digest())
        ? table.held(spark, rows.rows())
        : table.read(spark, path.toString());
  }

  /**
   * The rows of each table that a step has, by its name.
   *
   * @param areCarried whether estimates of success are
   */
  Map<String, Long> rows(long step, boolean areCarried) throws IOException {
    List<Table<?>> written = new ArrayList<>(Table.ofStep());
    if (areCarried) {
      written.add(Table.CARRIED);
    }
    Map<String, Long> rows = new TreeMap<>();
    for (Table<?> table : written) {
      rows.put(table.name(), rows(step, table));
    }
    return rows;
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

  /** Number of rows of one round's table of the open step. */
  long rows(Open open, int round, Table<?> table) throws IOException {
    return manifest(open, round, table).rows();
  }

  private int rounds(long step, Table<?> table) throws IOException {
    return hasRounds && table.isOfRound() ? folder.tables(step, table.name()).size() : 1;
  }

  private Path checked(Open open, long step, int round, Table<?> table) throws IOException {
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
