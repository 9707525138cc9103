package dev.kindling.stage;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.dataset.DataSets;
import dev.kindling.dataset.PromptStyle;
import dev.kindling.dataset.RawExample;
import dev.kindling.dataset.Rejected;
import dev.kindling.engine.text.PromptEncoder;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.row.PromptRow;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Data set files → prompts of the run. The files of a data set are read one after another: an
 * example of the same prompt and the same gold answers as an earlier one, of whichever file, is a
 * duplicate and left out, for it would count twice in the mean over the data set.
 */
public final class PromptReader {
  private final DataSets dataSet;
  private final PromptStyle style;
  private final Tokenizer tokenizer;
  private final PromptEncoder encoder;
  private final int endOfSequence;
  private final Room room;
  private final Map<Content, String> firstIds = new HashMap<>();
  private final Set<String> ids = new HashSet<>();

  /**
   * Reads files of one data set.
   *
   * @param tokenizer the policy's tokenizer
   * @param encoder makes prompts of texts
   * @param endOfSequence token that closes y*
   */
  public PromptReader(
      DataSets dataSet,
      PromptStyle style,
      Tokenizer tokenizer,
      PromptEncoder encoder,
      int endOfSequence,
      Room room) {
    this.dataSet = dataSet;
    this.style = style;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.endOfSequence = endOfSequence;
    this.room = room;
  }

  /** What makes two examples the same. */
  private record Content(String prompt, List<String> goldAnswers) {}

  /**
   * How a file is called.
   *
   * @param name in messages
   * @param split in the column of that name
   * @param idPrefix what the ids of the run have before those of the file
   */
  public record FileName(String name, String split, String idPrefix) {}

  /**
   * What a file gave.
   *
   * @param prompts the usable examples, in file order
   * @param rejected the records that cannot be used, and why
   * @param duplicates the records that are left out because of an earlier one
   */
  public record Imported(
      List<PromptRow> prompts, List<Rejected> rejected, List<Rejected> duplicates) {
    /** Number of all records of the file. */
    public int records() {
      return prompts.size() + rejected.size() + duplicates.size();
    }

    private void endAt(int most) {
      if (records() >= most) {
        throw new Enough();
      }
    }

    /** Share of the records that cannot be used, in [0, 1]; duplicates can. */
    public double rejectedShare() {
      return records() == 0 ? 0 : (double) rejected.size() / records();
    }
  }

  /**
   * Budgets that a prompt must leave room for, and what of a record may be made into one.
   *
   * @param maxPositions longest sequence of the policy, in tokens
   * @param thinkingTokens longest rationale; 0 for none
   * @param answerTokens longest sampled answer
   * @param maxChars longest text of a record, in chars
   */
  public record Room(int maxPositions, int thinkingTokens, int answerTokens, int maxChars) {
    /** Of texts that are not made into tokens: the tokenizer takes memory by their length. */
    private Optional<String> refusal(RawExample example) {
      Map<String, String> texts = new LinkedHashMap<>();
      texts.put("id", example.id());
      texts.put("prompt", example.prompt());
      texts.put("rationale", example.rationale());
      example.goldAnswers().forEach(answer -> texts.merge("answer", answer, Room::longer));
      texts.put("verifier", example.verifier());
      texts.put("context", example.verifierContext());
      texts.put("level", example.level());
      return texts.entrySet().stream()
          .filter(text -> text.getValue().length() > maxChars)
          .map(
              text ->
                  "%s of %d characters (data.max_chars is %d)"
                      .formatted(text.getKey(), text.getValue().length(), maxChars))
          .findFirst();
    }

    private static String longer(String one, String other) {
      return one.length() >= other.length() ? one : other;
    }

    private Optional<String> refusal(PromptRow prompt, int rationaleTokens) {
      int rationale = thinkingTokens == 0 ? 0 : Math.max(thinkingTokens, rationaleTokens) + 1;
      int answer = Math.max(answerTokens, prompt.goldIds().length);
      int needed = prompt.promptIds().length + rationale + answer;
      return needed <= maxPositions
          ? Optional.empty()
          : Optional.of(
              "prompt of %d tokens needs %d positions with its rationale and answer (model.max_positions is %d)"
                  .formatted(prompt.promptIds().length, needed, maxPositions));
    }
  }

  /**
   * Reads the next file.
   *
   * @param in the file's bytes
   * @param most records after which nothing more is read; a plan needs no more
   * @throws InvalidInputException if the file cannot be read as that format, or a record names a
   *     verifier that there is not, naming the file and the record
   */
  public Imported read(InputStream in, FileName file, int most) throws IOException {
    Imported imported = new Imported(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      dataSet
          .format()
          .read(
              in,
              file.name(),
              style,
              example -> {
                Optional<String> refusal = take(example, file, imported);
                imported.endAt(most);
                return refusal;
              },
              rejected -> {
                imported.rejected().add(rejected);
                imported.endAt(most);
              });
    } catch (Enough enough) {
      // The rest of the file is of no interest.
    }
    return imported;
  }

  /** Ends the reading of a file; formats pass on what their consumers throw. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Puts an example where it belongs, or tells why it cannot be used. */
  private Optional<String> take(RawExample example, FileName file, Imported imported) {
    requireKnownVerifier(file.name(), example);
    Optional<String> tooLong = room.refusal(example);
    if (tooLong.isPresent()) {
      return tooLong;
    }
    PromptRow prompt = prompt(example, file);
    Optional<String> refusal = room.refusal(prompt, tokenizer.encode(example.rationale()).length);
    if (refusal.isPresent()) {
      return refusal;
    }
    Content content = new Content(prompt.prompt(), prompt.goldAnswers());
    String first = firstIds.get(content);
    if (first != null) {
      imported
          .duplicates()
          .add(new Rejected(file.name(), example.record(), example.id(), repeats(first)));
      return Optional.empty();
    }
    if (!ids.add(prompt.exampleId())) {
      return Optional.of(
          "Invalid id: %s (must be unique in the file)".formatted(Check.shown(example.id())));
    }
    firstIds.put(content, prompt.exampleId());
    imported.prompts().add(prompt);
    return Optional.empty();
  }

  private static String repeats(String first) {
    return "has the prompt and the gold answers of id '%s'".formatted(Check.shown(first));
  }

  private PromptRow prompt(RawExample example, FileName file) {
    PromptEncoder.Prompt prompt = encoder.encode(example.prompt());
    return new PromptRow(
        file.idPrefix() + example.id(),
        dataSet.settingName(),
        file.split(),
        ids.size(),
        prompt.text(),
        prompt.ids(),
        example.rationale(),
        example.goldAnswers(),
        closed(tokenizer.encode(example.goldAnswers().get(0)), endOfSequence),
        example.verifier(),
        example.verifierContext(),
        example.level());
  }

  // Not a record to leave out: a name that one record has wrong, most have.
  private static void requireKnownVerifier(String fileName, RawExample example) {
    try {
      VerifierNames.requireKnown("verifier", example.verifier());
    } catch (InvalidInputException unknown) {
      throw new InvalidInputException(
          "Cannot use %s: record %d (id '%s'): %s"
              .formatted(fileName, example.record(), example.id(), unknown.getMessage()),
          unknown);
    }
  }

  private static int[] closed(int[] answer, int endOfSequence) {
    int[] ids = Arrays.copyOf(answer, answer.length + 1);
    ids[answer.length] = endOfSequence;
    return ids;
  }

  /** A gold answer of which its verifier deletes signs, points or operators. */
  public record BlindlyJudged(String exampleId, String gold, String verifier) {}

  /**
   * Of each example the first gold answer that looks like a number or a formula, where the verifier
   * deletes what tells those apart.
   *
   * @param verifier name of the verifier for all of them; null leaves the choice to each
   */
  public static List<BlindlyJudged> blindlyJudged(List<PromptRow> prompts, String verifier) {
    List<BlindlyJudged> blind = new ArrayList<>();
    for (PromptRow prompt : prompts) {
      String name = verifier == null ? prompt.verifier() : verifier;
      prompt.goldAnswers().stream()
          .filter(gold -> Verifiers.isBlindTo(name, gold))
          .findFirst()
          .ifPresent(gold -> blind.add(new BlindlyJudged(prompt.exampleId(), gold, name)));
    }
    return blind;
  }
}
