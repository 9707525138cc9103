package dev.kindling.stage.read;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import dev.kindling.dataset.Rejected;
import dev.kindling.engine.text.PromptEncoder;
import dev.kindling.engine.text.PromptRecipe;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.row.Records;
import dev.kindling.stage.SharedCache;
import dev.kindling.stage.TokenizerRef;
import dev.kindling.stage.VerifierNames;
import dev.kindling.udf.Verifiers;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.TaskCompletionListener;

/** {@link SourceRow}s → {@link CandidateRow}s: texts become prompts and tokens, in tasks. */
public final class Candidates {
  private Candidates() {}

  /**
   * How records become prompts.
   *
   * @param recipe makes prompts of texts
   * @param tokenizer the policy's
   * @param endOfSequence token that closes y*
   * @param room what a prompt must leave room for
   * @param verifier name of the verifier for all of them; null leaves the choice to each
   * @param own names of verifiers that settings give
   * @param areFiles whether records have places, as those of files do
   * @param sources by the place of each
   */
  public record Making(
      PromptRecipe recipe,
      TokenizerRef tokenizer,
      int endOfSequence,
      Room room,
      String verifier,
      Set<String> own,
      boolean areFiles,
      List<Source> sources)
      implements Serializable {}

  /**
   * What a source's records are called.
   *
   * @param name of the source in messages
   * @param split in the column of that name
   * @param idPrefix what the ids of the run have before those of the records
   */
  public record Source(String name, String split, String idPrefix) implements Serializable {}

  /**
   * Budgets that a prompt must leave room for, and what of a record may be made into one.
   *
   * @param maxPositions longest sequence of the policy, in tokens
   * @param thinkingTokens longest rationale; 0 for none
   * @param answerTokens longest sampled answer
   * @param maxChars longest text of a record, in chars
   */
  public record Room(int maxPositions, int thinkingTokens, int answerTokens, int maxChars)
      implements Serializable {
    /** Of texts that are not made into tokens: the tokenizer takes memory by their length. */
    private Optional<String> refusal(SourceRow row) {
      Map<String, String> texts = new LinkedHashMap<>();
      texts.put("id", row.id());
      row.contents().forEach(content -> texts.merge("messages", content, Room::longer));
      texts.put("prompt", row.prompt());
      texts.put("rationale", row.rationale());
      row.goldAnswers().forEach(answer -> texts.merge("answer", answer, Room::longer));
      texts.put("verifier", row.verifier());
      texts.put("context", row.verifierContext());
      texts.put("level", row.level());
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

    private Optional<String> refusal(int prompt, int rationaleTokens, int gold) {
      int rationale = thinkingTokens == 0 ? 0 : Math.max(thinkingTokens, rationaleTokens) + 1;
      int needed = prompt + rationale + Math.max(answerTokens, gold);
      return needed <= maxPositions
          ? Optional.empty()
          : Optional.of(
              "prompt of %d tokens needs %d positions with its rationale and answer (model.max_positions is %d)"
                  .formatted(prompt, needed, maxPositions));
    }
  }

  /**
   * Makes the prompts.
   *
   * @param rows of {@link RecordFiles} or {@link TableSource}
   * @return rows of which {@link PromptImport} takes those that are used
   */
  public static JavaRDD<Row> of(SparkSession spark, Dataset<Row> rows, Making making) {
    Broadcast<Making> shared =
        spark.sparkContext().broadcast(making, scala.reflect.ClassTag$.MODULE$.apply(Making.class));
    return Records.of(rows, SourceRow.CODEC).mapPartitions(some -> made(some, shared.value()));
  }

  private static Iterator<Row> made(Iterator<SourceRow> rows, Making making) {
    SharedCache.Lease<Tokenizer> tokenizer = making.tokenizer().lease();
    TaskCompletionListener end = context -> tokenizer.close();
    TaskContext.get().addTaskCompletionListener(end);
    Maker maker = new Maker(making, tokenizer.value(), making.recipe().with(tokenizer.value()));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return CandidateRow.CODEC.toRow(maker.make(rows.next()));
      }
    };
  }

  /** Makes them in a task. */
  private record Maker(Making making, Tokenizer tokenizer, PromptEncoder encoder) {
    CandidateRow make(SourceRow row) {
      if (row.problem() != null || row.broken() != null) {
        return left(row, row.problem(), row.broken());
      }
      try {
        VerifierNames.requireKnown("verifier", row.verifier(), making.own());
      } catch (InvalidInputException unknown) {
        // Not a record to leave out: a name that one record has wrong, most have.
        return broken(row, unknown);
      }
      Optional<String> tooLong = making.room().refusal(row);
      if (tooLong.isPresent()) {
        return left(row, tooLong.get(), null);
      }
      boolean isConversation = !row.roles().isEmpty();
      if (isConversation && !encoder.takesConversations()) {
        return left(
            row,
            "a conversation of %d messages (data.style must be chat)"
                .formatted(row.roles().size() + 1),
            null);
      }
      PromptEncoder.Prompt prompt;
      try {
        prompt = encoder.encode(history(row), row.prompt());
      } catch (InvalidInputException refused) {
        // A template that cannot take one message takes none; of several it may ask for an order.
        return isConversation
            ? left(row, refused.getMessage(), null)
            : left(row, null, refused.getMessage());
      }
      int[] gold = tokenizer.encode(row.goldAnswers().get(0));
      return making
          .room()
          .refusal(prompt.ids().length, tokenizer.encode(row.rationale()).length, gold.length + 1)
          .map(reason -> left(row, reason, null))
          .orElseGet(() -> candidate(row, prompt, gold));
    }

    private static List<PromptEncoder.Turn> history(SourceRow row) {
      return IntStream.range(0, row.roles().size())
          .mapToObj(i -> new PromptEncoder.Turn(row.roles().get(i), row.contents().get(i)))
          .toList();
    }

    private CandidateRow candidate(SourceRow row, PromptEncoder.Prompt prompt, int[] gold) {
      int[] closed = Arrays.copyOf(gold, gold.length + 1);
      closed[gold.length] = making.endOfSequence();
      String judge = making.verifier() == null ? row.verifier() : making.verifier();
      List<String> same = new ArrayList<>(List.of(prompt.text()));
      same.addAll(row.goldAnswers());
      List<String> all = new ArrayList<>(same);
      all.addAll(List.of(row.id(), row.rationale(), row.verifier(), row.level()));
      all.add(row.verifierContext());
      String exampleId = source(row).idPrefix() + row.id();
      return new CandidateRow(
          row.file(),
          row.record(),
          rejected(row, "").id(),
          Check.shown(row.id()),
          Check.shown(exampleId),
          null,
          null,
          digest(same),
          digest(all),
          row.goldAnswers().stream()
              .filter(answer -> Verifiers.isBlindTo(judge, answer))
              .findFirst()
              .orElse(null),
          exampleId,
          source(row).split(),
          prompt.text(),
          prompt.ids(),
          row.rationale(),
          row.goldAnswers(),
          closed,
          row.verifier(),
          row.verifierContext(),
          row.level());
    }

    private CandidateRow broken(SourceRow row, InvalidInputException why) {
      return left(
          row,
          null,
          "Cannot use %s: %s(id '%s'): %s"
              .formatted(
                  source(row).name(),
                  making.areFiles() ? "record " + row.record() + " " : "",
                  row.id(),
                  why.getMessage()));
    }

    private CandidateRow left(SourceRow row, String problem, String broken) {
      String place = digest(List.of(String.valueOf(row.file()), String.valueOf(row.record())));
      return new CandidateRow(
          row.file(),
          row.record(),
          rejected(row, "").id(),
          "",
          "",
          problem,
          broken,
          place,
          place,
          null,
          "",
          source(row).split(),
          "",
          new int[0],
          "",
          List.of(),
          new int[0],
          "",
          "",
          "");
    }

    private Rejected rejected(SourceRow row, String reason) {
      return new Rejected(source(row).name(), row.record(), row.id(), reason);
    }

    private Source source(SourceRow row) {
      return making.sources().get(row.file());
    }

    /** Of texts and where each ends. */
    private static String digest(List<String> texts) {
      StringBuilder joined = new StringBuilder();
      texts.forEach(text -> joined.append(text.length()).append(':').append(text));
      return Sha256.of(joined.toString());
    }
  }
}
