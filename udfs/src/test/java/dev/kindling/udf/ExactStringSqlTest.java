package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** The SQL that docs/verifiers.md has for {@code exact_string} gives the function's verdicts. */
class ExactStringSqlTest {
  private static final int PAIRS = 20_000;

  /** Blanks of all kinds, what only looks like one, and characters that are seen. */
  private static final int[] CHARACTERS = {
    ' ', '\t', '\n', 0x1c, 0x85, 0xa0, 0x1680, 0x2003, 0x2028, 0x3000, 0x200b, 0xfeff, 0x7f, 'a',
    'A', 'ß', 'Σ', 'İ', 0x301, 0x4e2d, 0x660, 0x10428, 0x1f600, '.', '\'', '\\', '%', '0'
  };

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(5); length > 0; length--) {
      text.appendCodePoint(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }

  /** A pair of gold answer and answer, which half of the time differ by blanks alone. */
  private static Row pair(Random random) {
    String gold = text(random);
    String answer = random.nextBoolean() ? " \u3000" + gold + "\u2003" : text(random);
    return RowFactory.create(new String[] {"other", gold}, answer);
  }

  private static String documented() throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "verifiers.md"));
    Matcher expression = Pattern.compile("trim\\(BOTH BLANKS FROM answer\\) <> .*").matcher(docs);
    Matcher blanks = Pattern.compile("`('(\\\\u[0-9A-F]{4})+')`").matcher(docs);
    assertThat(expression.find() && blanks.find()).isTrue();
    return expression.group().replace("BLANKS", blanks.group(1));
  }

  @Test
  void agreesOnTwentyThousandPairs() throws IOException {
    Random random = new Random(7);
    List<Row> pairs = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      pairs.add(pair(random));
    }
    StructType schema =
        new StructType()
            .add("gold", DataTypes.createArrayType(DataTypes.StringType))
            .add("answer", DataTypes.StringType);
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      Verifiers.register(spark);
      List<Row> counts =
          spark
              .createDataFrame(pairs, schema)
              .selectExpr(documented() + " AS sql", "exact_string(gold, answer).verdict AS verdict")
              .where("verdict <> 'UNPARSEABLE'")
              .groupBy("sql", "verdict")
              .count()
              .orderBy("sql")
              .collectAsList();
      assertThat(counts)
          .extracting(row -> row.get(0) + " " + row.get(1))
          .hasSize(2)
          .containsExactly("false WRONG", "true CORRECT");
      assertThat(counts).allMatch(row -> row.getLong(2) > PAIRS / 4);
    }
  }
}
