package dev.kindling.stage;

import static org.apache.spark.sql.functions.col;

import dev.kindling.check.InvalidInputException;
import dev.kindling.dataset.DataSets;
import dev.kindling.dataset.PromptStyle;
import dev.kindling.dataset.RawExample;
import dev.kindling.dataset.Rejected;
import dev.kindling.engine.text.PromptEncoder;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Data set files → prompts of the run, and those → 1-prompts of a step. */
public final class Prepare {
  private Prepare() {}

  /** What an import gave: the usable examples, in file order, and why others were left out. */
  public record Imported(List<PromptRow> prompts, List<Rejected> rejected) {
    /** Share of records left out, in [0, 1]. */
    public double rejectedShare() {
      int records = prompts.size() + rejected.size();
      return records == 0 ? 0 : (double) rejected.size() / records;
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
   * Reads one data set file.
   *
   * @param in the file's bytes
   * @param fileName its name without folder, for messages and {@code split}
   * @param tokenizer the policy's tokenizer
   * @param encoder makes prompts of texts
   * @param endOfSequence token that closes y*
   * @throws InvalidInputException if the file cannot be read as that format, or a record names a
   *     verifier that there is not, naming the file and the record
   */
  public static Imported read(
      InputStream in,
      String fileName,
      DataSets dataSet,
      PromptStyle style,
      Tokenizer tokenizer,
      PromptEncoder encoder,
      int endOfSequence,
      Room room)
      throws IOException {
    List<PromptRow> prompts = new ArrayList<>();
    List<Rejected> rejected = new ArrayList<>();
    String split = fileName.replaceFirst("\\.(gz|bz2|zst)$", "").replaceFirst("\\.[^.]*$", "");
    dataSet
        .format()
        .read(
            in,
            fileName,
            style,
            example -> {
              requireKnownVerifier(fileName, example);
              Optional<String> tooLong = room.refusal(example);
              if (tooLong.isPresent()) {
                return tooLong;
              }
              PromptRow prompt =
                  prompt(
                      example,
                      dataSet.settingName(),
                      split,
                      prompts.size(),
                      encoder.encode(example.prompt()),
                      closed(tokenizer.encode(example.goldAnswers().get(0)), endOfSequence));
              Optional<String> refusal =
                  room.refusal(prompt, tokenizer.encode(example.rationale()).length);
              if (refusal.isEmpty()) {
                prompts.add(prompt);
              }
              return refusal;
            },
            rejected::add);
    return new Imported(prompts, rejected);
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

  private static PromptRow prompt(
      RawExample example,
      String format,
      String split,
      long position,
      PromptEncoder.Prompt prompt,
      int[] goldIds) {
    return new PromptRow(
        example.id(),
        format,
        split,
        position,
        prompt.text(),
        prompt.ids(),
        example.rationale(),
        example.goldAnswers(),
        goldIds,
        example.verifier(),
        example.verifierContext(),
        example.level());
  }

  /**
   * Draws prompts of a step: the next of the order that the step does not have yet.
   *
   * @param prompts all prompts of the run
   * @param order the order in which the run visits them
   * @param from place in the prompt order at which the step begins
   * @param drawn prompts that the step has drawn before
   * @param count prompts to draw
   * @return rows of 1-prompts, whose {@code position} is the place in the prompt order; fewer than
   *     {@code count} when no other example is left, for an example comes once in a step
   */
  public static Dataset<Row> draw(
      Dataset<Row> prompts, PromptOrder order, long from, int drawn, int count) {
    Map<Long, Long> places = new HashMap<>();
    for (PromptOrder.Visit visit : order.firstVisits(from, drawn, count)) {
      places.put((long) visit.example(), visit.place());
    }
    Object[] wanted = places.keySet().toArray();
    List<PromptRow> rows =
        Table.PROMPTS.collect(prompts.where(col("position").isin(wanted))).stream()
            .map(p -> p.at(places.get(p.position())))
            .sorted((a, b) -> Long.compare(a.position(), b.position()))
            .toList();
    return Table.PROMPTS.of(prompts.sparkSession(), rows);
  }

  /**
   * The place in the prompt order behind a step's last prompt.
   *
   * @param from place in the prompt order at which the step begins
   * @param drawn prompts that the step has drawn, from 1 to the size of the data set
   */
  public static long end(PromptOrder order, long from, int drawn) {
    return order.firstVisits(from, drawn - 1, 1).get(0).place() + 1;
  }
}
