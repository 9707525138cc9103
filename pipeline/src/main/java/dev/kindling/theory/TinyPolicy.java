package dev.kindling.theory;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.train.Policies;
import dev.kindling.engine.train.Sequence;
import dev.kindling.engine.train.SequenceSignals;
import dev.kindling.engine.train.Sgd;
import dev.kindling.engine.train.ShardGradient;
import dev.kindling.engine.train.Trainer;
import dev.kindling.objective.PolicyGradient;
import dev.kindling.objective.SequenceLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A transformer that answers a prompt of one token by one token, with probabilities that are set
 * exactly; scored and trained as any other policy, by plain gradient descent.
 *
 * <p>Its one layer is zero and stays so, because nothing passes through it. What learns is the
 * output layer, on a vector of a prompt that has one entry of weight 1 that all prompts share and
 * one that is the prompt's own. The final norm makes these vectors so long that all other
 * parameters stand still beside the output layer: the policy is a softmax on logits, and answers a
 * prompt with what all have learned and what it alone has.
 */
final class TinyPolicy implements AutoCloseable {
  private static final SequenceLoss LOSS = new SequenceLoss(new PolicyGradient(), List.of());

  /** Entries of the embedding and of the final norm. */
  private static final float LARGE = 64;

  private final Trainer trainer;
  private final Weights weights;
  private final float[] parameters;
  private final float[] moments;

  private TinyPolicy(Trainer trainer, Weights weights, float[] parameters) {
    this.trainer = trainer;
    this.weights = weights;
    this.parameters = parameters;
    this.moments = new float[parameters.length];
  }

  /**
   * A policy whose tokens are prompts and answers alike.
   *
   * @param trainer lent, not closed
   * @param probabilities of each answer, the same after every prompt; positive, at least two, their
   *     sum 1
   */
  static TinyPolicy of(Trainer trainer, double... probabilities) {
    int vocab = probabilities.length;
    int hidden = vocab + 1;
    ModelConfig config =
        new ModelConfig(
            vocab, hidden, 1, 1, 1, 2, 1, 2, 10_000, RopeScaling.NONE, 1e-5, false, false, false);
    ParameterLayout layout = ParameterLayout.of(config);
    float[] parameters = new float[Math.toIntExact(layout.size())];
    List<Parameter> all = layout.parameters();
    int embedding = Math.toIntExact(all.get(0).offset());
    int norm = Math.toIntExact(all.get(all.size() - 2).offset());
    int head = Math.toIntExact(all.get(all.size() - 1).offset());
    Arrays.fill(parameters, norm, norm + hidden, LARGE);
    // Two equal entries have a root mean square of √(2/hidden) times one of them.
    double shared = LARGE * Math.sqrt(hidden / 2.0);
    for (int token = 0; token < vocab; token++) {
      parameters[embedding + token * hidden] = LARGE;
      parameters[embedding + token * hidden + 1 + token] = LARGE;
      parameters[head + token * hidden] = (float) (Math.log(probabilities[token]) / shared);
    }
    Weights weights = Weights.allocate(config);
    weights.write(0, parameters);
    return new TinyPolicy(trainer, weights, parameters);
  }

  /**
   * The squared length of the gradient of the difference of two logits. A learning rate times it is
   * time: with two answers the log-odds then move at the speed coefficient · (1 − P), as θ does
   * where P = σ(θ).
   */
  private double speed() {
    return 2.0 * LARGE * LARGE * weights.config().hidden();
  }

  /**
   * Log-probs of answers in nats.
   *
   * @param answers one for each prompt, from prompt 0 on
   */
  double[] logLikelihoods(int... answers) {
    List<Sequence> sequences = new ArrayList<>();
    for (int prompt = 0; prompt < answers.length; prompt++) {
      sequences.add(sequence(sequences.size(), prompt, answers[prompt], 1));
    }
    double[] logs = new double[answers.length];
    List<List<Sequence>> batch = List.of(sequences);
    for (SequenceSignals signals : trainer.signals(Policies.of(weights), batch, LOSS)) {
      logs[signals.sequence().sample()] = signals.scores().logprobs()[0];
    }
    return logs;
  }

  /**
   * One training sequence.
   *
   * @param prompt the prompt's token
   * @param answer the answer's
   * @param coef coefficient of its log-prob
   */
  record Example(int prompt, int answer, double coef) {}

  /**
   * One step of gradient descent on −Σ coef · log p(answer|prompt).
   *
   * @param time the learning rate, times the squared length of the gradient of the difference of
   *     two logits
   */
  void step(List<Example> examples, double time) {
    List<Sequence> sequences = new ArrayList<>();
    for (Example each : examples) {
      sequences.add(sequence(sequences.size(), each.prompt(), each.answer(), each.coef()));
    }
    float[] slopes = new float[parameters.length];
    try (ShardGradient gradient =
        trainer.gradient(Policies.of(weights), List.of(sequences), LOSS)) {
      gradient.read(0, slopes);
    }
    new Sgd(0).update(parameters, slopes, moments, moments, 1, time / speed(), 1);
    weights.write(0, parameters);
  }

  private static Sequence sequence(int index, int prompt, int answer, double coef) {
    return new Sequence(
        "prompt " + prompt,
        index,
        new int[] {prompt, answer},
        1,
        new double[] {0, coef},
        1,
        new float[2]);
  }

  @Override
  public void close() {
    weights.close();
  }
}
