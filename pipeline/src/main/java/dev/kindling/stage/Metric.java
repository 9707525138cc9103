package dev.kindling.stage;

/**
 * A figure of an evaluation, as settings name it: {@code pass@16}, or {@code log_p_hat}.
 *
 * @param name without k
 * @param k samples that it is of; 0 for all
 */
record Metric(String name, int k) {
  static Metric of(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new Metric(text, 0)
        : new Metric(text.substring(0, at), Integer.parseInt(text.substring(at + 1)));
  }
}
