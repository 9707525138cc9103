package dev.kindling.stage;

import dev.kindling.check.Sha256;
import dev.kindling.engine.text.Tokenizer;
import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * The run's tokenizer as any executor can build it.
 *
 * @param json content of {@code tokenizer.json}
 * @param source where it came from, for messages
 */
public record TokenizerRef(byte[] json, String source) implements Serializable {
  /** The tokenizer, for the caller to close. */
  public Tokenizer load() {
    return new Tokenizer(json, source);
  }

  /** Itself for the tasks of a stage: a vocabulary has megabytes, which would go with each. */
  Broadcast<TokenizerRef> broadcast(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(this);
  }

  /** The tokenizer, built once per JVM. */
  public SharedCache.Lease<Tokenizer> lease() {
    return SharedCache.lease(
        SharedCache.Kind.TOKENIZER, "tokenizer " + Sha256.of(json), Tokenizer.class, this::load);
  }
}
