package dev.kindling.dataset;

/**
 * A turn of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user} or {@code assistant}; others are up to the
 *     model's chat template
 * @param content what is said
 */
public record Message(String role, String content) {}
