package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The file formats of mathematical problems. */
class MathFormatsTest {
  private static final String ASKED =
      "Solve the following math problem step by step. The last line of your response should be of"
          + " the form Answer: $Answer (without quotes) where $Answer is the answer to the problem."
          + "\n\n1+1?\n\nRemember to put your answer on its own line after \"Answer:\".";

  private static final String AIME = "{'id':7,'problem':'1+1?','solution':'s','answer':'002'}";

  private static final String DAPO =
      "{'prompt':[{'content':'1+1?','role':'user'}],'reward_model':{'ground_truth':'2'},"
          + "'extra_info':{'index':7}}";

  private static final String MINERVA =
      "{'problem':'1+1?','solution':'It is \\\\boxed{2}.','type':'Sums','idx':7}";

  private static RawExample math(String id, String gold, String context, String level) {
    return new RawExample(0, id, "1+1?", "", List.of(gold), "math", context, level);
  }

  private static ReadFile read(String format, String file) throws IOException {
    return ReadFile.of(format, file.replace('\'', '"'));
  }

  @Test
  void gsm8ksGoldAnswerStandsBehindTheMarkAndItsSolutionIsTheRationale() throws IOException {
    String answer = "Half of 2,400 is <<2400/2=1200>>1,200.\\nSo 1200.\\n#### 1,200";
    String line = "{'question':'1+1?','answer':'" + answer + "'}";
    String rationale = "Half of 2,400 is 1,200.\nSo 1200.";
    assertThat(read("gsm8k", "\n" + line).examples())
        .containsExactly(
            new RawExample(1, "1", "1+1?", rationale, List.of("1200"), "math", "{}", ""));
  }

  @Test
  void math500HasALevelAndASubject() throws IOException {
    String line =
        "{'unique_id':'test/a/7.json','problem':'1+1?','answer':'\\\\frac{4}{2}','level':3,"
            + "'subject':'Algebra'}";
    assertThat(read("math500", line).examples())
        .containsExactly(math("test/a/7.json", "\\frac{4}{2}", "{\"subject\":\"Algebra\"}", "3"));
  }

  @Test
  void aimesAnswerIsAnIntegerWithoutTheZerosBeforeIt() throws IOException {
    assertThat(read("aime", AIME).examples()).containsExactly(math("7", "2", "{}", ""));
    assertThat(read("aime", AIME.replace("002", "000")).examples())
        .containsExactly(math("7", "0", "{}", ""));
    assertThat(read("aime", AIME.replace("'002'", "90")).examples())
        .containsExactly(math("7", "90", "{}", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | 2",
        "$\\\\frac{1}{2}$,$3$ | \\frac{1}{2},3",
        "\\\\$5 | \\$5",
        " $(1,2)$ | (1,2)"
      })
  void olympiadbenchsFirstFinalAnswerLosesItsDollars(String written, String gold)
      throws IOException {
    String line =
        "{'id':7,'subfield':'Algebra','context':null,'question':'\\n1+1?','final_answer':['%s']}";
    assertThat(read("olympiadbench", line.formatted(written)).examples())
        .containsExactly(math("7", gold, "{\"subject\":\"Algebra\"}", ""));
  }

  @Test
  void olympiadbenchsContextStandsBeforeItsQuestion() throws IOException {
    String line = "{'id':7,'context':'Let x=1.','question':'1+x?','final_answer':['2']}";
    assertThat(read("olympiadbench", line).examples().get(0).prompt())
        .isEqualTo("Let x=1.\n\n1+x?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\\\boxed{1} and \\\\boxed{2} | 2",
        "\\\\boxed{\\\\frac{1}{2}}$. | \\frac{1}{2}",
        "\\\\boxed{3} or \\\\boxed{e^{2 | 3",
        "\\\\boxed{\\\\{1,2\\\\}} | \\{1,2\\}",
        "\\\\boxed{x \\\\} y} | x \\} y",
        "\\\\boxed{ e^{t}\\n} | e^{t}",
        "\\\\boxed{5} \\\\boxed{ } | 5",
      })
  void minervasGoldAnswerIsTheLastBoxThatIsBalanced(String solution, String gold)
      throws IOException {
    assertThat(read("minerva", MINERVA.replace("It is \\\\boxed{2}.", solution)).examples())
        .containsExactly(math("7", gold, "{\"subject\":\"Sums\"}", ""));
  }

  @Test
  void dapoMathsPromptIsItsOneMessage() throws IOException {
    assertThat(read("dapo-math", DAPO).examples()).containsExactly(math("7", "2", "{}", ""));
  }

  @ParameterizedTest
  @EnumSource(
      value = PromptStyle.class,
      names = {"WARM", "CHAT"})
  void theWordsOfDapoAskForALineThatIsThenTheFirstGoldAnswer(PromptStyle style) throws IOException {
    RawExample example = ReadFile.of("aime", style, AIME.replace('\'', '"')).examples().get(0);
    assertThat(example.prompt()).isEqualTo(ASKED);
    assertThat(example.goldAnswers()).containsExactly("Answer: 2", "2");
    assertThat(List.of("Answer: 2", "2", "002"))
        .allSatisfy(
            answer ->
                assertThat(
                        Verifiers.judge(example.verifier(), example.goldAnswers(), "{}", answer)
                            .verdict())
                    .isEqualTo(Verdict.CORRECT));
  }

  @Test
  void aProblemThatComesInTheWordsOfDapoHasThemOnceOrNotAtAll() throws IOException {
    String inWords = ASKED.replace("\n", "\\n").replace("\"", "\\\"");
    String line = DAPO.replace('\'', '"').replace("1+1?", inWords);
    assertThat(ReadFile.of("dapo-math", PromptStyle.WARM, line).examples().get(0).prompt())
        .isEqualTo(ASKED);
    assertThat(ReadFile.of("dapo-math", line).examples()).containsExactly(math("7", "2", "{}", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gsm8k | 0 | {'question':'q','answer':'so 5'}"
            + "| answer: 'so 5' (must end with #### and a number)",
        "gsm8k | 0 | {'question':'q','answer':'so\\n#### five'}"
            + "| answer: 'so\\n#### five' (must end with #### and a number)",
        "aime | 7 | {'id':7,'problem':'p','answer':'1000'}"
            + "| answer: '1000' (must be an integer from 0 to 999)",
        "aime | 7 | {'id':7,'answer':'1'} | problem: nothing (must be a text, not blank)",
        "aime | `` | {'id':1.5,'problem':'p','answer':'1'} | id: 1.5 (must be a text, not blank)",
        "math500 | u | {'unique_id':'u','problem':'p','answer':'1','subject':'s'}"
            + "| level: nothing (must be a text, not blank)",
        "olympiadbench | 7 | {'id':7,'question':'p','final_answer':[]}"
            + "| final_answer: [] (must begin with a text, not blank)",
        "olympiadbench | 7 | {'id':7,'question':'p','final_answer':['$$']}"
            + "| final_answer: ['$$'] (must begin with a text, not blank)",
        "minerva | 7 | {'idx':7,'problem':'p','solution':'It is \\\\boxed{2'}"
            + "| solution: 'It is \\\\boxed{2' (must hold a \\boxed answer, not blank)",
        "dapo-math | `` | {'prompt':[]} | extra_info: nothing (must be an object)",
        "dapo-math | 7 | {'extra_info':{'index':7},'prompt':[]}"
            + "| prompt: [] (must be one message, the user's)",
        "dapo-math | 7 | {'extra_info':{'index':7},'prompt':[{'role':'system','content':'c'}]}"
            + "| prompt: [{'role':'system','content':'c'}] (must be one message, the user's)",
        "dapo-math | 7 | {'extra_info':{'index':7},'prompt':[{'role':'user','content':'c'}]}"
            + "| reward_model: nothing (must be an object)",
      })
  void aRecordThatCannotBeUsedIsRejected(String format, String id, String line, String reason)
      throws IOException {
    assertThat(read(format, line).rejections())
        .extracting(Rejected::id, rejected -> rejected.reason().replace('"', '\''))
        .containsExactly(tuple(id, "Invalid " + reason));
  }
}
