package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.CreateArray;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.errors.QueryCompilationErrors;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NullType;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Makes texts of a function's arguments, by Spark's own casts. A user-defined function of Java gets
 * its arguments as they are, so that a decimal where it expects a text would end the query.
 */
final class ArgumentCasts {
  /** The type of an array of texts, of which any may be null. */
  static final DataType TEXTS = DataTypes.createArrayType(DataTypes.StringType, true);

  private ArgumentCasts() {}

  /**
   * The arguments as texts, and as arrays of texts where those are wanted: numbers, booleans and
   * dates as Spark writes them, one value in place of an array as an array of it. More or fewer
   * arguments, and one that has no text, are an {@link AnalysisException} of Spark's.
   *
   * @param function its name, for the errors
   * @param parameters of each parameter {@code StringType} or {@link #TEXTS}
   */
  static Seq<Expression> cast(
      String function, List<DataType> parameters, Seq<Expression> arguments) {
    int count = arguments.size();
    if (count != parameters.size()) {
      ArgumentCasts.<RuntimeException>refuse(
          QueryCompilationErrors.wrongNumArgsError(
              function, seq(List.of(parameters.size())), count, "", "", ""));
    }
    List<Expression> cast = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Expression argument = arguments.apply(i);
      boolean array = parameters.get(i).equals(TEXTS);
      if (!hasText(argument.dataType(), array)) {
        ArgumentCasts.<RuntimeException>refuse(
            mismatch(function, i + 1, parameters.get(i), argument));
      }
      cast.add(array ? texts(argument) : text(argument, DataTypes.StringType));
    }
    return seq(cast);
  }

  private static boolean hasText(DataType type, boolean array) {
    return type instanceof AtomicType
        || type instanceof NullType
        || (array && type instanceof ArrayType many && hasText(many.elementType(), false));
  }

  private static Expression texts(Expression argument) {
    return argument.dataType() instanceof AtomicType
        ? new CreateArray(seq(List.of(text(argument, DataTypes.StringType))))
        : text(argument, TEXTS);
  }

  private static Expression text(Expression argument, DataType type) {
    return argument.dataType().equals(type) ? argument : new Cast(argument, type, Option.empty());
  }

  private static AnalysisException mismatch(
      String function, int place, DataType parameter, Expression argument) {
    List<Tuple2<String, String>> parameters =
        List.of(
            new Tuple2<>("functionName", "`" + function + "`"),
            new Tuple2<>("paramIndex", Integer.toString(place)),
            new Tuple2<>("requiredType", "\"" + parameter.sql() + "\""),
            new Tuple2<>("inputSql", "\"" + argument.sql() + "\""),
            new Tuple2<>("inputType", "\"" + argument.dataType().sql() + "\""));
    return new AnalysisException("UNEXPECTED_INPUT_TYPE", Map$.MODULE$.from(seq(parameters)));
  }

  // Spark expects an AnalysisException here, which Scala throws without declaring it.
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void refuse(Throwable error) throws E {
    throw (E) error;
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }
}
