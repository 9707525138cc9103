package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real records; the environment variable KINDLING_DATA points to the data sets' folder. */
class DataSetsDataTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hotpotqa | hotpotqa/hotpot_dev_distractor_v1.sample.json | 110 | 5ab28156554299449642c8ce"
            + "| Canadian-American Association of Professional Baseball | hard"
            + "| What league did was the team that played home games at Holman Stadium belong to?",
        "hotpotqa | hotpotqa/hotpot_dev_fullwiki_v1.sample.json | 170 | 5ae127c9554299422ee99612"
            + "| Nelson County | hard | Fighting Cock is produced in what Kentucky county?",
        "hotpotqa | hotpotqa/hotpot_train_v1.1.sample.json | 60 | 5ae81fdd5542997ec2727721"
            + "| Bass Communion | medium | when he released his album Indicates Void?",
        "musique | musique/musique_ans_v1.0_dev.sample.jsonl | 110 | 2hop__574419_270105"
            + "| Stanley | 2 | What is the seat of the county where Van Hook Township is located?",
        "musique | musique/musique_ans_v1.0_train.sample.jsonl | 60 | 4hop1__709382_146811_31223_91015"
            + "| 35 | 4 | where Hello Love's performer lived in when he died?",
        "gsm8k | gsm8k/test.jsonl | 100 | 0 | 9 | '' | How many total points did he score?",
        "gsm8k | gsm8k/train.jsonl | 400 | 0 | 41 | '' | How much did Alexis pay for the shoes?",
        "math500 | math500/test.jsonl | 300 | test/algebra/2584.json | \\frac{14}{3} | 3"
            + "| Express your answer as a common fraction.",
        "aime | aime24/test.jsonl | 15 | 67 | 25 | '' | Find $xy$.",
        "aime | aime25/test.jsonl | 15 | 90 | 70 | '' | is a divisor of $97_{b}$.",
        "olympiadbench | olympiadbench/test.jsonl | 375 | 1612 | 2^{1009} | ''"
            + "| the number of positive integers at most $2^{2017}$ with odd weight.",
        "minerva | minerva_math/test.jsonl | 150 | 2 | 41.8 | ''"
            + "| Give your answer in degrees to 3 significant figures.",
        "dapo-math | dapo_math_17k/dapo_math_17k.sample.jsonl | 400 | 88 | 936 | ''"
            + "| Given that $BD = 20$ and $DC = 16$, determine $AC^2$.",
      })
  void everyRecordIsReadAndItsGoldAnswersVerifyThemselves(
      String format, String file, int records, String id, String gold, String level, String end)
      throws IOException {
    String data = System.getenv("KINDLING_DATA");
    assumeTrue(data != null, "KINDLING_DATA is not set: real records are not read");
    byte[] bytes = Files.readAllBytes(Path.of(data, file));
    ReadFile read = ReadFile.of(format, PromptStyle.COLD, bytes);
    assertThat(read.rejections()).isEmpty();
    assertThat(read.examples())
        .hasSize(records)
        .allSatisfy(DataSetsDataTest::verifiesItself)
        .filteredOn(example -> example.id().equals(id))
        .singleElement()
        .satisfies(
            example -> {
              assertThat(example.goldAnswers().get(0)).isEqualTo(gold);
              assertThat(example.level()).isEqualTo(level);
              assertThat(example.prompt()).endsWith(end);
            });
    assertThat(ReadFile.of(format, PromptStyle.WARM, bytes).examples())
        .hasSize(records)
        .allSatisfy(DataSetsDataTest::verifiesItself);
  }

  private static void verifiesItself(RawExample example) {
    for (String gold : example.goldAnswers()) {
      assertThat(
              Verifiers.judge(
                      example.verifier(), example.goldAnswers(), example.verifierContext(), gold)
                  .verdict())
          .as(example.id() + ": " + gold)
          .isEqualTo(Verdict.CORRECT);
    }
  }
}
