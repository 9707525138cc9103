package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.classic.UserDefinedFunctionUtils;
import org.apache.spark.sql.expressions.SparkUserDefinedFunction;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A verifier as SQL sees it.
 *
 * @param name name in SQL
 * @param usage what {@code DESCRIBE FUNCTION} prints
 * @param parameters types of its parameters, as {@link ArgumentCasts} has them
 * @param udf the function of arguments of these types
 */
record SqlFunction(String name, String usage, List<DataType> parameters, UserDefinedFunction udf) {
  private static final DataType TEXT = DataTypes.StringType;
  private static final StructType JUDGEMENT =
      new StructType()
          .add("verdict", DataTypes.StringType, false)
          .add("extracted", DataTypes.StringType)
          .add("reason", DataTypes.StringType);

  private static final StructType OVERLAP =
      new StructType()
          .add("em", DataTypes.DoubleType, false)
          .add("f1", DataTypes.DoubleType, false)
          .add("precision", DataTypes.DoubleType, false)
          .add("recall", DataTypes.DoubleType, false);

  private static final String JUDGES =
      " - Judges answer against an array of gold answers: struct<verdict, extracted, reason>.";

  /** Every function, in a fixed order. */
  static List<SqlFunction> all() {
    List<SqlFunction> all = new ArrayList<>();
    UDF4<String, Seq<String>, String, String, Row> verify =
        (verifier, gold, context, answer) ->
            row(Verifiers.judge(verifier, list(gold), context, answer));
    all.add(
        new SqlFunction(
            "kindling_verify",
            "_FUNC_(verifier, gold, context, answer) - Judges answer by the verifier of that name"
                + " against an array of gold answers: struct<verdict, extracted, reason>.",
            List.of(TEXT, ArgumentCasts.TEXTS, TEXT, TEXT),
            functions.udf(verify, JUDGEMENT)));
    for (String verifier : Verifiers.builtIn()) {
      all.add(verifier(verifier));
    }
    UDF2<Seq<String>, String, Double> hotpotqa =
        (gold, answer) -> best(AnswerF1::hotpotqa, list(gold), answer);
    all.add(f1("hotpotqa_f1", hotpotqa));
    UDF2<Seq<String>, String, Double> musique =
        (gold, answer) -> best(AnswerF1::musique, list(gold), answer);
    all.add(f1("musique_f1", musique));
    UDF2<String, String, Row> facts =
        (gold, named) -> gold == null ? null : row(SupportingFacts.of(gold, named));
    all.add(
        new SqlFunction(
            "supporting_facts",
            "_FUNC_(gold_facts, facts) - Overlap of two JSON arrays of supporting facts, as sets:"
                + " struct<em, f1, precision, recall>; null without gold facts.",
            List.of(TEXT, TEXT),
            functions.udf(facts, OVERLAP)));
    UDF4<Seq<String>, String, String, String, Row> joint =
        (gold, answer, goldFacts, named) ->
            gold == null || goldFacts == null
                ? null
                : row(joint(list(gold), answer, SupportingFacts.of(goldFacts, named)));
    all.add(
        new SqlFunction(
            "hotpotqa_joint",
            "_FUNC_(gold, answer, gold_facts, facts) - HotpotQA's joint figures of an answer and its"
                + " supporting facts: struct<em, f1, precision, recall>; null without gold.",
            List.of(ArgumentCasts.TEXTS, TEXT, TEXT, TEXT),
            functions.udf(joint, OVERLAP)));
    UDF2<String, String, Boolean> match = SqlFunction::isSameProgram;
    all.add(
        new SqlFunction(
            "finqa_program_match",
            "_FUNC_(gold_program, program) - Whether both programs are the same expression over"
                + " their operands; null when either is.",
            List.of(TEXT, TEXT),
            functions.udf(match, DataTypes.BooleanType)));
    return all;
  }

  /** Makes the expression of a call, with the arguments cast. */
  Function1<scala.collection.immutable.Seq<Expression>, Expression> builder() {
    SparkUserDefinedFunction named = ((SparkUserDefinedFunction) udf).withName(name);
    return arguments ->
        UserDefinedFunctionUtils.toScalaUDF(named, ArgumentCasts.cast(name, parameters, arguments));
  }

  private static SqlFunction verifier(String name) {
    if (Verifiers.needsContext(name)) {
      UDF3<Seq<String>, String, String, Row> judge =
          (gold, context, answer) -> row(Verifiers.judge(name, list(gold), context, answer));
      return new SqlFunction(
          name,
          "_FUNC_(gold, context, answer)" + JUDGES,
          List.of(ArgumentCasts.TEXTS, TEXT, TEXT),
          functions.udf(judge, JUDGEMENT));
    }
    UDF2<Seq<String>, String, Row> judge =
        (gold, answer) -> row(Verifiers.judge(name, list(gold), null, answer));
    return new SqlFunction(
        name,
        "_FUNC_(gold, answer)" + JUDGES,
        List.of(ArgumentCasts.TEXTS, TEXT),
        functions.udf(judge, JUDGEMENT));
  }

  private static SqlFunction f1(String name, UDF2<Seq<String>, String, Double> udf) {
    return new SqlFunction(
        name,
        "_FUNC_(gold, answer) - Largest F1 of the words of answer with those of a gold answer;"
            + " 0 without an answer, null without a gold answer.",
        List.of(ArgumentCasts.TEXTS, TEXT),
        functions.udf(udf, DataTypes.DoubleType));
  }

  private static Boolean isSameProgram(String gold, String program) {
    if (gold == null || program == null) {
      return null;
    }
    return program.length() <= Verifiers.MAX_ANSWER_CHARS
        && FinqaProgramMatch.isSame(FinqaSteps.tokenize(gold), FinqaSteps.tokenize(program));
  }

  /** With the gold answer whose F1 is largest. */
  private static SupportingFacts joint(
      List<String> goldAnswers, String answer, SupportingFacts facts) {
    String text = answer == null || answer.length() > Verifiers.MAX_ANSWER_CHARS ? "" : answer;
    SupportingFacts best = new SupportingFacts(0, 0, 0, 0);
    for (String gold : goldAnswers) {
      double em = AnswerText.normalize(gold).equals(AnswerText.normalize(text)) ? 1 : 0;
      SupportingFacts joint = facts.joint(em, AnswerF1.hotpotqa(gold, text));
      best = joint.f1() > best.f1() || joint.em() > best.em() ? joint : best;
    }
    return best;
  }

  private static Row row(SupportingFacts facts) {
    return RowFactory.create(facts.em(), facts.f1(), facts.precision(), facts.recall());
  }

  private static Double best(
      BiFunction<String, String, AnswerF1> f1, List<String> goldAnswers, String answer) {
    if (goldAnswers == null) {
      return null;
    }
    boolean readable = answer != null && answer.length() <= Verifiers.MAX_ANSWER_CHARS;
    Double best = null;
    for (String gold : goldAnswers) {
      if (gold != null) {
        double value = readable ? f1.apply(gold, answer).f1() : 0;
        best = best == null ? value : Math.max(best, value);
      }
    }
    return best;
  }

  private static List<String> list(Seq<String> gold) {
    return gold == null ? null : CollectionConverters.asJava(gold);
  }

  private static Row row(Judgement judgement) {
    return RowFactory.create(judgement.verdict().name(), judgement.extracted(), judgement.reason());
  }
}
