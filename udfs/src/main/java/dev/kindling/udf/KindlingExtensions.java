package dev.kindling.udf;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.SparkSessionExtensionsProvider;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.Tuple3;
import scala.runtime.BoxedUnit;

/**
 * Gives a session the functions of {@link Verifiers#register} without code, which is how spark-sql,
 * the thrift server and pyspark get them: {@code --jars kindling-udfs.jar --conf
 * spark.sql.extensions=dev.kindling.udf.KindlingExtensions}. ({@code CREATE FUNCTION … AS} takes
 * classes of this kind from Hive only.)
 */
public final class KindlingExtensions implements SparkSessionExtensionsProvider {
  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (SqlFunction function : SqlFunction.all()) {
      extensions.injectFunction(
          new Tuple3<>(
              new FunctionIdentifier(function.name()), describe(function), function.builder()));
    }
    return BoxedUnit.UNIT;
  }

  private static ExpressionInfo describe(SqlFunction function) {
    return new ExpressionInfo(
        KindlingExtensions.class.getName(),
        null,
        function.name(),
        function.usage(),
        "",
        "",
        "",
        "",
        "",
        "",
        "java_udf");
  }
}
