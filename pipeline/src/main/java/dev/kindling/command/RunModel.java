package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.conf.Configuration;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.RunFolder;
import dev.kindling.pretrained.ModelConfigFile;
import dev.kindling.stage.TokenizerRef;
import java.io.IOException;

/**
 * A run's model folder, read back.
 *
 * @param shape the policy's shape, for no longer sequences than the settings allow
 * @param tokenizer the policy's tokenizer
 * @param endOfThinking id of the token that ends a rationale
 * @param endOfSequence ids of the tokens that end an answer; the first closes y*
 */
record RunModel(ModelConfig shape, TokenizerRef tokenizer, int endOfThinking, int[] endOfSequence) {
  /**
   * Reads the model folder.
   *
   * @throws dev.kindling.check.InvalidInputException if a file cannot be read as what it is, the
   *     tokenizer lacks a token that the settings name, or has more tokens than the policy has rows
   */
  static RunModel read(RunFolder folder, Configuration conf) throws IOException {
    String source = folder.modelConfig().toString();
    ModelConfig shape =
        ModelConfigFile.parse(folder.read(folder.modelConfig()), source)
            .withPositions(conf.model().maxPositions());
    TokenizerRef reference =
        new TokenizerRef(folder.read(folder.tokenizer()), folder.tokenizer().toString());
    try (Tokenizer tokenizer = reference.load()) {
      new Check()
          .that(
              tokenizer.vocab() <= shape.vocab(),
              "tokenizer " + reference.source(),
              tokenizer.vocab() + " tokens",
              "must not have more than the policy's vocabulary, " + shape.vocab())
          .done();
      return new RunModel(
          shape,
          reference,
          tokenizer.addedToken(conf.sampler().endOfThinking()),
          new int[] {tokenizer.addedToken(conf.sampler().endOfSequence())});
    }
  }
}
