package dev.kindling.plan;

/**
 * What a plan needs to know of a data set, from its first records.
 *
 * @param records records that were looked at and can be used
 * @param promptTokens tokens of a prompt, on average
 * @param longestPrompt tokens of the longest
 * @param goldTokens tokens of y*, on average
 */
public record Sample(int records, double promptTokens, int longestPrompt, double goldTokens) {}
