package dev.kindling.run;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.DataConf;
import dev.kindling.conf.Paths;
import dev.kindling.dataset.PromptStyle;
import dev.kindling.dataset.Rejected;
import dev.kindling.engine.text.PromptEncoder;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.Decompressed;
import dev.kindling.io.FileMistake;
import dev.kindling.io.RunFolder;
import dev.kindling.io.UserPath;
import dev.kindling.row.PromptRow;
import dev.kindling.stage.PromptOrder;
import dev.kindling.stage.PromptReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The files of a data set as a run's settings and tokenizer read them. */
final class PromptFiles {
  private static final int REJECTED_NAMED = 5;

  private final Map<String, PromptReader.Imported> files;
  private final List<PromptRow> prompts;
  private final Optional<String> verifier;

  private PromptFiles(
      Map<String, PromptReader.Imported> files,
      List<PromptRow> prompts,
      Optional<String> verifier) {
    this.files = files;
    this.prompts = prompts;
    this.verifier = verifier;
  }

  /**
   * Reads the files in their order. Of several, the ids of the run are those of the records behind
   * the split and a slash, for records of different files may have one id.
   *
   * @throws InvalidInputException if there is no such file, it comes twice, it is not of its
   *     format, a record names an unknown verifier, or more of its records are unusable than the
   *     configuration allows
   */
  static PromptFiles read(
      org.apache.hadoop.conf.Configuration hadoop, Configuration conf, RunModel model, Paths paths)
      throws IOException {
    return first(hadoop, conf, model, paths, Integer.MAX_VALUE);
  }

  /**
   * The same of the first records alone.
   *
   * @param most records of all files together after which nothing more is read
   */
  static PromptFiles first(
      org.apache.hadoop.conf.Configuration hadoop,
      Configuration conf,
      RunModel model,
      Paths paths,
      int most)
      throws IOException {
    List<Path> whole = whole(hadoop, paths);
    List<String> names = FileNames.of(whole);
    List<String> splits = FileNames.splits(whole);
    Map<String, PromptReader.Imported> files = new LinkedHashMap<>();
    try (Tokenizer tokenizer = model.tokenizer().load()) {
      PromptReader reader = reader(conf, model, tokenizer);
      int left = most;
      for (int i = 0; i < whole.size() && left > 0; i++) {
        String prefix = whole.size() == 1 ? "" : splits.get(i) + "/";
        PromptReader.FileName name = new PromptReader.FileName(names.get(i), splits.get(i), prefix);
        String path = paths.each().get(i);
        PromptReader.Imported imported = read(hadoop, reader, path, name, left);
        requireUsable(conf.data(), path, imported);
        files.put(path, imported);
        left -= imported.records();
      }
    }
    List<PromptRow> prompts =
        files.values().stream().flatMap(file -> file.prompts().stream()).toList();
    return new PromptFiles(files, prompts, conf.verifier().name());
  }

  private static List<Path> whole(org.apache.hadoop.conf.Configuration hadoop, Paths paths)
      throws IOException {
    List<Path> whole = new ArrayList<>();
    for (String path : paths.each()) {
      Path file = UserPath.of(path);
      try {
        Path qualified = file.getFileSystem(hadoop).makeQualified(file);
        new Check()
            .that(!whole.contains(qualified), "data set", paths, "must not name a file twice")
            .done();
        whole.add(qualified);
      } catch (IOException e) {
        throw cannotRead(path, e);
      }
    }
    return whole;
  }

  private static InvalidInputException cannotRead(String path, IOException e) throws IOException {
    String what = "Cannot read data set " + path + ": ";
    return e instanceof FileNotFoundException
        ? new InvalidInputException(what + "no such file", e)
        : FileMistake.of(what + e.getMessage(), e);
  }

  private static PromptReader reader(Configuration conf, RunModel model, Tokenizer tokenizer) {
    return new PromptReader(
        conf.data().format(),
        conf.data().style(),
        tokenizer,
        encoder(conf.data(), model, tokenizer),
        model.endOfSequence()[0],
        new PromptReader.Room(
            model.shape().maxPositions(),
            conf.sampler().thinkingTokens(),
            conf.sampler().answerTokens(),
            conf.data().maxChars()));
  }

  private static PromptReader.Imported read(
      org.apache.hadoop.conf.Configuration hadoop,
      PromptReader reader,
      String path,
      PromptReader.FileName name,
      int most)
      throws IOException {
    Path file = UserPath.of(path);
    try (InputStream in = open(file.getFileSystem(hadoop), file)) {
      return reader.read(in, name, most);
    } catch (IOException e) {
      throw cannotRead(path, e);
    }
  }

  private static void requireUsable(DataConf data, String path, PromptReader.Imported file) {
    if (file.rejectedShare() > data.maxRejectedShare()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "Invalid data set %s: %d of %d records cannot be used (data.max_rejected_share is %s);"
                  + " first: %s",
              path,
              file.rejected().size(),
              file.records(),
              data.maxRejectedShare(),
              line(file.rejected().get(0))));
    }
  }

  /**
   * The same files, of whose examples only those are used that a run of all of them would visit
   * first; they keep the order of the files.
   *
   * @param most how many, at least 1
   * @param seed the run's seed
   * @param shuffle whether the run's order is drawn from the seed
   */
  PromptFiles atMost(int most, long seed, boolean shuffle) {
    List<PromptRow> chosen = new ArrayList<>();
    for (int example : new PromptOrder(prompts.size(), seed, shuffle).first(most)) {
      chosen.add(prompts.get(example).at(chosen.size()));
    }
    return new PromptFiles(files, chosen, verifier);
  }

  private static InputStream open(FileSystem files, Path file) throws IOException {
    if (files.getFileStatus(file).isDirectory()) {
      throw new InvalidInputException(
          "Cannot read data set " + file + ": it is a folder (must be a file)");
    }
    InputStream in = files.open(file);
    try {
      return Decompressed.of(in, file.getName());
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static PromptEncoder encoder(DataConf data, RunModel model, Tokenizer tokenizer) {
    if (data.style() != PromptStyle.CHAT) {
      return PromptEncoder.plain(tokenizer, model.texts());
    }
    return PromptEncoder.chat(
        tokenizer,
        model.texts(),
        new PromptEncoder.Conversation(
            data.systemPrompt(), data.thinking(), data.templateDate().map(LocalDate::parse)),
        new Path(model.tokenizer().source()).getParent().toString());
  }

  /** The examples that are used, in file order. */
  List<PromptRow> prompts() {
    return prompts;
  }

  /** Tells how much was read, and writes the list of what was left out into the run folder. */
  void tell(Progress progress, RunFolder folder, String table) throws IOException {
    List<String> lines = new ArrayList<>();
    int usable = 0;
    for (Map.Entry<String, PromptReader.Imported> file : files.entrySet()) {
      PromptReader.Imported imported = file.getValue();
      progress.tell(
          "Read %s: %d examples, %d unusable records, %d duplicates"
              .formatted(
                  file.getKey(),
                  imported.prompts().size(),
                  imported.rejected().size(),
                  imported.duplicates().size()));
      usable += imported.prompts().size();
      imported.rejected().forEach(record -> lines.add(line(record)));
      imported.duplicates().forEach(record -> lines.add(line(record)));
    }
    if (prompts.size() < usable) {
      progress.tell("Uses %d of %d examples (data.max_examples)".formatted(prompts.size(), usable));
    }
    tellOfBlindVerifiers(progress);
    if (lines.isEmpty()) {
      return;
    }
    Path list = new Path(folder.root(), table + "-left-out.txt");
    folder.write(list, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    lines.stream().limit(REJECTED_NAMED).forEach(progress::tell);
    progress.tell("All records left out: " + list);
  }

  private void tellOfBlindVerifiers(Progress progress) {
    List<PromptReader.BlindlyJudged> blind =
        PromptReader.blindlyJudged(prompts, verifier.orElse(null));
    if (!blind.isEmpty()) {
      PromptReader.BlindlyJudged first = blind.get(0);
      progress.tell(
          "Gold answers of %d of %d examples look like numbers or formulas, and %s deletes signs, points and operators: for example '%s' (id '%s'); answer_match compares them"
              .formatted(
                  blind.size(), prompts.size(), first.verifier(), first.gold(), first.exampleId()));
    }
  }

  private static String line(Rejected record) {
    return "%s record %d (id '%s'): %s"
        .formatted(record.file(), record.record(), record.id(), record.reason());
  }
}
