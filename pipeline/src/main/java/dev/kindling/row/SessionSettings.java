package dev.kindling.row;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;

/** Settings that a session has for as long as something is done, and then those of before. */
public final class SessionSettings {
  private SessionSettings() {}

  /**
   * What is done.
   *
   * @param <T> its result
   * @param <E> what it may throw
   */
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Does some work under these settings, each of which the session has a value of. */
  public static <T, E extends Exception> T during(
      SparkSession spark, Map<String, String> settings, Work<T, E> work) throws E {
    RuntimeConfig session = spark.conf();
    Map<String, String> before = new TreeMap<>();
    for (String key : settings.keySet()) {
      before.put(key, session.get(key));
    }
    settings.forEach(session::set);
    try {
      return work.run();
    } finally {
      before.forEach(session::set);
    }
  }
}
