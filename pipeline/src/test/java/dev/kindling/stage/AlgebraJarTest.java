package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.spark.SparkFiles;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** The jar of the algebra system as it is built, given to Spark by {@code --files}. */
class AlgebraJarTest {
  private static Path jar() throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of("..", "udfs", "target"), "kindling-algebra-*.jar")) {
      for (Path jar : jars) {
        return jar.toAbsolutePath().normalize();
      }
    }
    throw new IllegalStateException("../udfs/target has no kindling-algebra (./mvnw package)");
  }

  @Test
  void anAnswerThatNeedsAlgebraIsJudgedByTheJarAmongSparksFiles() throws IOException {
    SparkSession spark = SparkTest.session();
    // As --files puts it there; told to the session it would be fetched for every later test.
    Files.copy(
        jar(),
        Path.of(SparkFiles.getRootDirectory()).resolve(jar().getFileName()),
        StandardCopyOption.REPLACE_EXISTING);
    Verifiers.register(spark);
    assertThat(
            spark
                .sql(
                    "SELECT concat_ws(' ', judged.verdict, judged.reason) FROM (SELECT"
                        + " math(array('(x+1)^2 - \\\\sin x'), answer) AS judged FROM VALUES"
                        + " ('\\\\boxed{x^2+2x+1-\\\\sin x}'), ('\\\\boxed{x^2+2x+2-\\\\sin x}')"
                        + " AS answers(answer))")
                .as(Encoders.STRING())
                .collectAsList())
        .containsExactly("CORRECT", "WRONG 'x^2+2x+2-\\sin x' is not the gold answer");
  }
}
