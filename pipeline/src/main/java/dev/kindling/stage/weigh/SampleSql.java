package dev.kindling.stage.weigh;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * SQL that is evaluated for a sample: the names of columns of samples mean that sample's values.
 *
 * @param text the expression
 * @param ofSamples the columns of samples that it names, each once
 * @param ofExample the columns of the example that it names, each once
 */
record SampleSql(String text, List<String> ofSamples, List<String> ofExample) {
  /** A word that is not called. */
  private static final Pattern NAME = Pattern.compile("\\b[a-z]\\w*\\b(?!\\()");

  /**
   * An expression over the columns of some rows.
   *
   * @param samples the columns that hold an array of the samples' values
   * @param columns all columns
   */
  static SampleSql of(String text, Set<String> samples, Set<String> columns) {
    List<String> names =
        NAME.matcher(text)
            .results()
            .map(MatchResult::group)
            .filter(columns::contains)
            .distinct()
            .toList();
    return new SampleSql(
        text,
        names.stream().filter(samples::contains).toList(),
        names.stream().filter(name -> !samples.contains(name)).toList());
  }

  /** The columns that it names. */
  Stream<String> names() {
    return Stream.concat(ofSamples.stream(), ofExample.stream());
  }

  /** Whether each sample has a value of its own. */
  boolean isOfSamples() {
    return !ofSamples.isEmpty();
  }

  /** Whether it is a column of samples as it stands. */
  boolean isColumn() {
    return ofSamples.contains(text);
  }

  /** The text with the columns of samples replaced. */
  String with(UnaryOperator<String> sampleColumn) {
    return with(sampleColumn, UnaryOperator.identity());
  }

  /** The text with both kinds of columns replaced. */
  String with(UnaryOperator<String> sampleColumn, UnaryOperator<String> exampleColumn) {
    return NAME.matcher(text)
        .replaceAll(
            match -> {
              String name = match.group();
              return ofSamples.contains(name)
                  ? sampleColumn.apply(name)
                  : ofExample.contains(name) ? exampleColumn.apply(name) : name;
            });
  }
}
