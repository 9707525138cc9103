package dev.kindling.engine.sample;

/**
 * A prompt to sample from.
 *
 * @param exampleId its id, part of the key of its random streams
 * @param promptIds tokens of x, at least one
 * @param goldIds tokens of the gold answer y*, at least one
 */
public record PromptInput(String exampleId, int[] promptIds, int[] goldIds) {}
