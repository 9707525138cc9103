package dev.kindling.dataset;

/** What the policy is told of its task. */
public enum PromptStyle {
  /** Nothing: the linearised input alone, without a task description or a form for the answer. */
  COLD,
  /** An instruction and the form of the answer, then the linearised input. */
  WARM,
  /** The same, as the user's message of a conversation. */
  CHAT
}
