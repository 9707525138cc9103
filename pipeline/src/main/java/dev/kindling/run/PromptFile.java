package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.DataConf;
import dev.kindling.dataset.PromptStyle;
import dev.kindling.dataset.Rejected;
import dev.kindling.engine.text.PromptEncoder;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.Decompressed;
import dev.kindling.io.FileMistake;
import dev.kindling.io.RunFolder;
import dev.kindling.io.UserPath;
import dev.kindling.row.PromptRow;
import dev.kindling.stage.Prepare;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A data set file as a run's settings and tokenizer read it. */
final class PromptFile {
  private static final int REJECTED_NAMED = 5;

  private final String path;
  private final List<PromptRow> prompts;
  private final List<Rejected> rejected;
  private final Optional<String> verifier;

  private PromptFile(
      String path, List<PromptRow> prompts, List<Rejected> rejected, Optional<String> verifier) {
    this.path = path;
    this.prompts = prompts;
    this.rejected = rejected;
    this.verifier = verifier;
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if there is no such file, it is not of its format, a record names
   *     an unknown verifier, or more records are unusable than the configuration allows
   */
  static PromptFile read(
      org.apache.hadoop.conf.Configuration hadoop, Configuration conf, RunModel model, String path)
      throws IOException {
    Path file = UserPath.of(path);
    Prepare.Imported imported;
    try (InputStream in = open(file.getFileSystem(hadoop), file);
        Tokenizer tokenizer = model.tokenizer().load()) {
      imported =
          Prepare.read(
              in,
              file.getName(),
              conf.data().format(),
              conf.data().style(),
              tokenizer,
              encoder(conf.data(), model, tokenizer),
              model.endOfSequence()[0],
              new Prepare.Room(
                  model.shape().maxPositions(),
                  conf.sampler().thinkingTokens(),
                  conf.sampler().answerTokens(),
                  conf.data().maxChars()));
    } catch (FileNotFoundException e) {
      throw new InvalidInputException("Cannot read data set " + path + ": no such file", e);
    } catch (IOException e) {
      throw FileMistake.of("Cannot read data set " + path + ": " + e.getMessage(), e);
    }
    List<PromptRow> prompts = imported.prompts();
    if (imported.rejectedShare() > conf.data().maxRejectedShare()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "Invalid data set %s: %d of %d records cannot be used (data.max_rejected_share is %s);"
                  + " first: %s",
              path,
              imported.rejected().size(),
              imported.rejected().size() + prompts.size(),
              conf.data().maxRejectedShare(),
              line(imported.rejected().get(0))));
    }
    int most = conf.data().maxExamples() == 0 ? prompts.size() : conf.data().maxExamples();
    return new PromptFile(
        path,
        prompts.subList(0, Math.min(most, prompts.size())),
        imported.rejected(),
        conf.verifier().name());
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

  /** The usable examples, in file order. */
  List<PromptRow> prompts() {
    return prompts;
  }

  /** Tells how much was read, and writes the list of what was left out into the run folder. */
  void tell(Progress progress, RunFolder folder, String table) throws IOException {
    progress.tell(
        "Read %s: %d examples, %d records left out"
            .formatted(path, prompts.size(), rejected.size()));
    tellOfBlindVerifiers(progress);
    if (rejected.isEmpty()) {
      return;
    }
    List<String> lines = rejected.stream().map(PromptFile::line).toList();
    Path list = new Path(folder.root(), table + "-left-out.txt");
    folder.write(list, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    lines.stream().limit(REJECTED_NAMED).forEach(progress::tell);
    progress.tell("All records left out: " + list);
  }

  private void tellOfBlindVerifiers(Progress progress) {
    List<Prepare.BlindlyJudged> blind = Prepare.blindlyJudged(prompts, verifier.orElse(null));
    if (!blind.isEmpty()) {
      Prepare.BlindlyJudged first = blind.get(0);
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
