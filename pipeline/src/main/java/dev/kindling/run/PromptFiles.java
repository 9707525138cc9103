package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.DataConf;
import dev.kindling.conf.Paths;
import dev.kindling.dataset.DataSets;
import dev.kindling.dataset.PromptStyle;
import dev.kindling.engine.text.PromptRecipe;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.RunFolder;
import dev.kindling.row.LeftOutRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.SmallTables;
import dev.kindling.row.Table;
import dev.kindling.stage.PromptOrder;
import dev.kindling.stage.read.Candidates;
import dev.kindling.stage.read.PromptImport;
import dev.kindling.stage.read.RecordFiles;
import dev.kindling.stage.read.TableSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A data set as a run's settings and tokenizer read it. Its records are read, made into tokens,
 * compared and put in order by tasks; the driver has numbers and the first of what is left out.
 */
final class PromptFiles implements AutoCloseable {
  private static final int LEFT_OUT_NAMED = 5;
  private static final int LEFT_OUT_LISTED = 1000;

  // Of files so small one task reads, compares and writes all.
  private static final long FEW_BYTES = 4L << 20;

  private final Configuration conf;
  private final Paths paths;
  private final List<String> sentences;
  private final List<String> names;
  private final PromptImport imported;
  private final List<PromptImport.Counts> counts;

  private PromptFiles(
      Configuration conf,
      Paths paths,
      List<String> sentences,
      List<String> names,
      PromptImport imported) {
    this.conf = conf;
    this.paths = paths;
    this.sentences = sentences;
    this.names = names;
    this.imported = imported;
    this.counts = imported.counts(names);
  }

  /**
   * Reads the files in their order. Of several, the ids of the run are those of the records behind
   * the split and a slash, for records of different files may have one id.
   *
   * @throws InvalidInputException if there is no such file, it comes twice, it is not of its
   *     format, a record names an unknown verifier, or more of its records are unusable than the
   *     configuration allows
   */
  static PromptFiles read(SparkSession spark, Configuration conf, RunModel model, Paths paths)
      throws IOException {
    return read(spark, conf, model, paths, OptionalInt.empty());
  }

  /**
   * The prompts of some records alone, the first of files.
   *
   * @param most records that are read at most
   */
  static List<PromptRow> first(
      SparkSession spark, Configuration conf, RunModel model, Paths paths, int most)
      throws IOException {
    try (PromptFiles files = read(spark, conf, model, paths, OptionalInt.of(most))) {
      return Table.PROMPTS.collect(files.prompts());
    }
  }

  private static PromptFiles read(
      SparkSession spark, Configuration conf, RunModel model, Paths paths, OptionalInt most)
      throws IOException {
    List<String> sentences = new ArrayList<>();
    boolean areFiles = conf.data().format() != DataSets.SPARK;
    Sources sources;
    Dataset<Row> rows;
    boolean areFew;
    if (areFiles) {
      sources = Sources.ofFiles(spark.sparkContext().hadoopConfiguration(), paths);
      areFew = sources.bytes() <= FEW_BYTES;
      rows =
          RecordFiles.read(spark, conf.data().format(), conf.data().style(), sources.files(paths));
    } else {
      sources = Sources.ofTables(paths);
      List<TableSource> tables = tables(spark, conf.data(), paths);
      tables.forEach(table -> sentences.add(table.sentence()));
      areFew = tables.stream().allMatch(table -> SmallTables.isSmall(table.columns()));
      rows = tables.get(0).rows(spark, 0);
      for (int i = 1; i < tables.size(); i++) {
        rows = rows.union(tables.get(i).rows(spark, i));
      }
    }
    if (most.isPresent()) {
      rows = rows.limit(most.getAsInt());
    }
    areFew |= most.isPresent();
    if (areFew) {
      rows = rows.coalesce(1);
    } else if (areFiles) {
      // A file is read by one task, and made into tokens by all.
      rows = rows.repartition(rows.col("file"), rows.col("record"));
    }
    JavaRDD<Row> candidates = Candidates.of(spark, rows, making(conf, model, sources.named()));
    PromptFiles files =
        new PromptFiles(
            conf,
            paths,
            sentences,
            sources.names(),
            new PromptImport(
                spark, candidates, conf.data().format().settingName(), areFiles, areFew));
    files.requireUsable();
    return files;
  }

  /** What Spark reads by these settings. */
  static List<TableSource> tables(SparkSession spark, DataConf data, Paths paths) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : data.options()) {
      int equals = option.indexOf('=');
      options.put(option.substring(0, equals), option.substring(equals + 1));
    }
    TableSource.Reading reading =
        new TableSource.Reading(data.reader(), options, data.columns().given(), data.where());
    return paths.each().stream().map(entry -> TableSource.of(spark, entry, reading)).toList();
  }

  private static Candidates.Making making(
      Configuration conf, RunModel model, List<Candidates.Source> sources) {
    return new Candidates.Making(
        recipe(conf.data(), model),
        model.tokenizer(),
        model.endOfSequence()[0],
        new Candidates.Room(
            model.shape().maxPositions(),
            conf.sampler().thinkingTokens(),
            conf.sampler().answerTokens(),
            conf.data().maxChars()),
        conf.verifier().name().orElse(null),
        new TreeSet<>(RunSettings.sqlVerifiers(conf).names()),
        conf.data().format() != DataSets.SPARK,
        sources);
  }

  private static PromptRecipe recipe(DataConf data, RunModel model) {
    if (data.style() == PromptStyle.CHAT) {
      return PromptRecipe.chat(
          model.texts(),
          new PromptRecipe.Conversation(
              data.systemPrompt(), data.thinking(), data.templateDate().map(LocalDate::parse)),
          new Path(model.tokenizer().source()).getParent().toString());
    }
    try (Tokenizer tokenizer = model.tokenizer().load()) {
      return PromptRecipe.plain(tokenizer, model.texts());
    }
  }

  private void requireUsable() {
    for (int i = 0; i < counts.size(); i++) {
      PromptImport.Counts source = counts.get(i);
      if (source.broken() != null) {
        throw new InvalidInputException(source.broken());
      }
      if (source.unusableShare() > conf.data().maxRejectedShare()) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "Invalid data set %s: %d of %d records cannot be used (data.max_rejected_share is %s);"
                    + " first: %s",
                paths.each().get(i),
                source.unusable(),
                source.records(),
                conf.data().maxRejectedShare(),
                source.first().line()));
      }
    }
  }

  /** Number of examples that can be used. */
  long count() {
    return counts.stream().mapToLong(PromptImport.Counts::used).sum();
  }

  /** All of them in their order, rows of the table of all prompts. */
  Dataset<Row> prompts() {
    return imported.prompts(count(), null);
  }

  /**
   * Those that a run of all of them would visit first; they keep their order.
   *
   * @param most how many; 0 for all
   */
  Dataset<Row> prompts(int most) {
    if (most == 0 || most >= count()) {
      return prompts();
    }
    PromptOrder order =
        new PromptOrder(Math.toIntExact(count()), conf.run().seed(), conf.data().shuffle());
    return imported.prompts(most, order.first(most).stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * Tells how much was read, and writes what was left out into the run folder: a table, and the
   * first of it as a list.
   *
   * @param most examples that are used; 0 for all
   */
  void tell(Progress progress, RunFolder folder, String table, int most) throws IOException {
    sentences.forEach(progress::tell);
    for (int i = 0; i < counts.size(); i++) {
      PromptImport.Counts source = counts.get(i);
      progress.tell(
          "Read %s: %d examples, %d unusable records, %d duplicates"
              .formatted(
                  paths.each().get(i), source.used(), source.unusable(), source.duplicates()));
    }
    if (most > 0 && most < count()) {
      progress.tell("Uses %d of %d examples (data.max_examples)".formatted(most, count()));
    }
    tellOfBlindVerifiers(progress);
    if (counts.stream().anyMatch(source -> source.used() < source.records())) {
      writeLeftOut(progress, folder, table);
    }
  }

  private void writeLeftOut(Progress progress, RunFolder folder, String table) throws IOException {
    Dataset<Row> leftOut = imported.leftOut(names);
    Path whole = new Path(folder.root(), table + "-left-out");
    long rows = StepTables.write(folder.fileSystem(), 0, Table.LEFT_OUT, leftOut, whole);
    List<String> lines =
        new ArrayList<>(
            Table.LEFT_OUT.collect(leftOut.limit(LEFT_OUT_LISTED)).stream()
                .map(LeftOutRow::line)
                .toList());
    lines.stream().limit(LEFT_OUT_NAMED).forEach(progress::tell);
    if (rows > lines.size()) {
      lines.add("… and %d more, in the table %s".formatted(rows - lines.size(), whole.getName()));
    }
    Path list = whole.suffix(".txt");
    folder.write(list, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    progress.tell("All records left out: " + list);
  }

  private void tellOfBlindVerifiers(Progress progress) {
    PromptImport.Blind blind = imported.blind();
    if (blind.examples() > 0) {
      progress.tell(
          "Gold answers of %d of %d examples look like numbers or formulas, and %s deletes signs, points and operators: for example '%s' (id '%s'); answer_match compares them"
              .formatted(
                  blind.examples(),
                  count(),
                  conf.verifier().name().orElse(blind.verifier()),
                  blind.gold(),
                  blind.id()));
    }
  }

  @Override
  public void close() {
    imported.close();
  }
}
