package dev.kindling.run;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.SamplerConf;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.engine.text.TokenizerConfig;
import dev.kindling.io.RunFolder;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.stage.TokenizerRef;
import java.io.IOException;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;

/**
 * A run's model folder, read back.
 *
 * @param shape the policy's shape, for no longer sequences than the settings allow
 * @param tokenizer the policy's tokenizer
 * @param texts special tokens and chat template
 * @param endOfThinking id of the token that ends a rationale; {@code SamplerSettings.NO_TOKEN}
 *     where there are none
 * @param endOfSequence ids of the tokens that end an answer; the first closes y*
 */
public record RunModel(
    ModelConfig shape,
    TokenizerRef tokenizer,
    TokenizerConfig texts,
    int endOfThinking,
    int[] endOfSequence) {
  /**
   * Reads the model folder.
   *
   * @throws InvalidInputException if a file cannot be read as what it is, the tokenizer lacks a
   *     token that the settings name, or a file has more tokens than the policy has rows
   */
  public static RunModel read(RunFolder folder, Configuration conf) throws IOException {
    ModelFolder model = ModelFolder.open(folder.fileSystem().getConf(), folder.model());
    return of(model.shape(conf.model().maxPositions()), model.files(), folder.model(), conf);
  }

  /**
   * The same of the files that a model folder has or will have.
   *
   * @param shape the policy's, for no longer sequences than the settings allow
   * @param files by their names
   * @param folder where they are, for messages
   */
  static RunModel of(
      ModelConfig shape, SortedMap<String, byte[]> files, Path folder, Configuration conf) {
    TokenizerRef reference =
        new TokenizerRef(
            files.get(ModelFolder.TOKENIZER), new Path(folder, ModelFolder.TOKENIZER).toString());
    TokenizerConfig texts = TokenizerConfig.read(files, folder.toString());
    SamplerConf sampler = conf.sampler();
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
          texts,
          sampler.thinkingTokens() == 0
              ? SamplerSettings.NO_TOKEN
              : endOfThinking(tokenizer, sampler.endOfThinking()),
          texts.endOfSequence(tokenizer, sampler.endOfSequence(), shape.vocab()));
    }
  }

  /** Most pretrained models have no such token; a user of one is told how to do without. */
  private static int endOfThinking(Tokenizer tokenizer, String text) {
    try {
      return tokenizer.token("sampler.end_of_thinking", text);
    } catch (InvalidInputException refused) {
      throw new InvalidInputException(
          refused.getMessage() + " (with sampler.thinking_tokens: 0 none is needed)", refused);
    }
  }
}
