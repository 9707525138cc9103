package dev.kindling.report;

import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.RunFolder;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The texts of single tokens, by the run's own tokenizer where its folder has one. */
final class Pieces implements AutoCloseable {
  private final Optional<Tokenizer> tokenizer;
  private final Map<Integer, String> known = new HashMap<>();

  private Pieces(Optional<Tokenizer> tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Loads the run's tokenizer.
   *
   * @throws dev.kindling.check.InvalidInputException if there is one that cannot be read as such
   */
  static Pieces of(RunFolder run) throws IOException {
    return new Pieces(
        run.fileSystem().exists(run.tokenizer())
            ? Optional.of(new Tokenizer(run.read(run.tokenizer()), run.tokenizer().toString()))
            : Optional.empty());
  }

  /** The text of each token, special ones included; none without a tokenizer. */
  List<String> each(int[] ids) {
    return tokenizer.isEmpty()
        ? List.of()
        : Arrays.stream(ids)
            .mapToObj(id -> known.computeIfAbsent(id, token -> piece(tokenizer.get(), token)))
            .toList();
  }

  /** Many tokenizers drop the space before the first token of a text: the second one has it. */
  private static String piece(Tokenizer tokenizer, int id) {
    String alone = tokenizer.decode(new int[] {id}, false);
    String twice = tokenizer.decode(new int[] {id, id}, false);
    return twice.startsWith(alone) ? twice.substring(alone.length()) : alone;
  }

  @Override
  public void close() {
    tokenizer.ifPresent(Tokenizer::close);
  }
}
