package dev.kindling.engine.train;

import java.io.Serializable;

/**
 * Names one training sequence.
 *
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 */
public record SequenceId(String exampleId, int sample) implements Serializable {}
