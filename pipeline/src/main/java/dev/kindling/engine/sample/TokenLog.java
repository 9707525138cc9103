package dev.kindling.engine.sample;

import java.util.Arrays;

/** The tokens of one part of a rollout with their log-probs, growing at the end. */
final class TokenLog {
  private int[] ids = new int[16];
  private float[] logprobs = new float[16];
  private float[] samplingLogprobs = new float[16];
  private int size;

  void add(TokenSampler.Draw draw) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      logprobs = Arrays.copyOf(logprobs, 2 * size);
      samplingLogprobs = Arrays.copyOf(samplingLogprobs, 2 * size);
    }
    ids[size] = draw.token();
    logprobs[size] = draw.logprob();
    samplingLogprobs[size] = draw.samplingLogprob();
    size++;
  }

  int size() {
    return size;
  }

  int[] ids() {
    return Arrays.copyOf(ids, size);
  }

  float[] logprobs() {
    return Arrays.copyOf(logprobs, size);
  }

  float[] samplingLogprobs() {
    return Arrays.copyOf(samplingLogprobs, size);
  }
}
