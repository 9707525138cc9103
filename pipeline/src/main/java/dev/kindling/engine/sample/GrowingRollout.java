package dev.kindling.engine.sample;

import dev.kindling.engine.model.CounterRandom;
import java.nio.FloatBuffer;

/**
 * A rollout while it is being sampled. Its sequence is prompt, rationale, answer; the last token,
 * not yet in the cache, is the pending one.
 */
final class GrowingRollout {
  private final PromptInput prompt;
  private final int sample;
  private final int place;
  private final SamplerSettings settings;
  private final CounterRandom random;
  private final int maxPositions;
  private final TokenLog rationale = new TokenLog();
  private final TokenLog answer = new TokenLog();
  private boolean isThinking;
  private boolean isForced;
  private FinishReason finishReason;
  private int pending;
  private int position;
  private int lastBeforeAnswer;
  private int positionBeforeAnswer;

  /** Rollout {@code sample} of a prompt, {@code place} in the results, nothing sampled yet. */
  GrowingRollout(
      PromptInput prompt,
      int sample,
      int place,
      SamplerSettings settings,
      CounterRandom random,
      int maxPositions) {
    this.prompt = prompt;
    this.sample = sample;
    this.place = place;
    this.settings = settings;
    this.random = random;
    this.maxPositions = maxPositions;
    this.position = prompt.promptIds().length - 1;
    this.pending = prompt.promptIds()[position];
    this.isThinking = settings.thinkingTokens() > 0;
    markAnswer();
  }

  /** Appends one token that follows the pending one. */
  void advance(TokenSampler sampler, FloatBuffer logits, int offset) {
    TokenSampler.Draw draw =
        isThinking ? think(sampler, logits, offset) : sampler.draw(logits, offset, uniform());
    pending = draw.token();
    position++;
    if (isThinking) {
      rationale.add(draw);
      if (pending == settings.endOfThinkingId()) {
        isThinking = false;
        markAnswer();
      }
    } else {
      answer.add(draw);
      finishReason = reasonToStop();
    }
  }

  private TokenSampler.Draw think(TokenSampler sampler, FloatBuffer logits, int offset) {
    // After one more token there must be room for the end of thinking and for the gold answer.
    boolean hasRoom = position + 3 + prompt.goldIds().length <= maxPositions;
    if (hasRoom && rationale.size() < settings.thinkingTokens()) {
      TokenSampler.Draw draw = sampler.draw(logits, offset, uniform());
      if (!settings.endsSequence(draw.token())) {
        return draw;
      }
    }
    isForced = true;
    return sampler.force(logits, offset, settings.endOfThinkingId());
  }

  private double uniform() {
    return random.uniform(rationale.size() + answer.size());
  }

  private FinishReason reasonToStop() {
    if (settings.endsSequence(pending)) {
      return FinishReason.STOP;
    }
    if (answer.size() == settings.answerTokens()) {
      return FinishReason.BUDGET;
    }
    return position + 1 == maxPositions ? FinishReason.LENGTH : null;
  }

  private void markAnswer() {
    lastBeforeAnswer = pending;
    positionBeforeAnswer = position;
  }

  boolean isFinished() {
    return finishReason != null;
  }

  /** The last token of the sequence. */
  int pending() {
    return pending;
  }

  /** The token that the answer follows. */
  int lastBeforeAnswer() {
    return lastBeforeAnswer;
  }

  /** Where the token stands that the answer follows, counted from the prompt's last token. */
  int ownPositionBeforeAnswer() {
    return positionBeforeAnswer - (prompt.promptIds().length - 1);
  }

  int place() {
    return place;
  }

  PromptInput prompt() {
    return prompt;
  }

  /** What came out, once finished. */
  Sample toSample(float[] goldLogprobs) {
    double logW = 0;
    for (float logprob : goldLogprobs) {
      logW += logprob;
    }
    return new Sample(
        prompt.exampleId(),
        sample,
        rationale.ids(),
        answer.ids(),
        rationale.logprobs(),
        answer.logprobs(),
        rationale.samplingLogprobs(),
        answer.samplingLogprobs(),
        goldLogprobs,
        logW,
        finishReason,
        isForced,
        random.key());
  }
}
