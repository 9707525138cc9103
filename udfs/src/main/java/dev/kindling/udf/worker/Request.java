package dev.kindling.udf.worker;

import java.util.List;

/**
 * A row to be judged; see {@link Contract}.
 *
 * @param context may be null
 */
public record Request(String verifier, List<String> gold, String context, String answer) {}
