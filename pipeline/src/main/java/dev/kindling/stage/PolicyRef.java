package dev.kindling.stage;

import dev.kindling.check.Sha256;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.sample.Decoder;
import dev.kindling.io.CheckpointVector;
import dev.kindling.io.FloatSource;
import dev.kindling.io.StoredFile;
import dev.kindling.io.TemporaryVector;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Names one version of the policy, so that any executor can load it. A checkpoint's weights, never
 * its moments, are fetched once per JVM into a local file, and loaded from there.
 *
 * @param hadoop how to reach the file system; broadcast, for it is large and in every task
 * @param files paths of the slices, in the order of the flat parameter vector
 * @param digest identifies the content of those files
 * @param model shape of the policy
 * @param precision which numbers it multiplies, sampling and training alike
 * @param version step that made it
 */
public record PolicyRef(
    Broadcast<SerializableConfiguration> hadoop,
    List<String> files,
    String digest,
    ModelConfig model,
    Precision precision,
    long version)
    implements Serializable {
  /**
   * A policy in a checkpoint folder.
   *
   * @param slices the slices in order, with their digests
   */
  public static PolicyRef of(
      Broadcast<SerializableConfiguration> hadoop,
      Path folder,
      List<StoredFile> slices,
      ModelConfig model,
      Precision precision,
      long version) {
    List<String> files =
        List.copyOf(slices.stream().map(s -> new Path(folder, s.name()).toString()).toList());
    String digests = slices.stream().map(StoredFile::sha256).collect(Collectors.joining("\n"));
    return new PolicyRef(hadoop, files, Sha256.of(digests), model, precision, version);
  }

  /** The policy that an update of this one has written. */
  public PolicyRef next(Path folder, List<StoredFile> slices, long nextVersion) {
    return of(hadoop, folder, slices, model, precision, nextVersion);
  }

  /** The fp32 parameters on the running task's device, for the trainer. */
  public SharedCache.Lease<Weights> weights() {
    return weights(SharedCache.Kind.POLICY);
  }

  /** The fp32 parameters of a policy that others are compared with. */
  public SharedCache.Lease<Weights> reference() {
    return weights(SharedCache.Kind.REFERENCE);
  }

  private SharedCache.Lease<Weights> weights(SharedCache.Kind kind) {
    Device device = TaskDevice.current();
    return SharedCache.lease(
        kind,
        "weights %s %s".formatted(device, digest),
        Weights.class,
        () -> read(source -> Weights.load(model, source, device)));
  }

  /** The packed inference model on the running task's device, for the sampler. */
  SharedCache.Lease<Decoder> decoder() {
    Device device = TaskDevice.current();
    return SharedCache.lease(
        SharedCache.Kind.POLICY,
        "decoder %s %s %s".formatted(device, precision, digest),
        Decoder.class,
        () -> read(source -> Decoder.load(model, precision, device, source)));
  }

  /** Makes something of a flat vector. */
  private interface Loader<T> {
    T load(FloatSource source) throws IOException;
  }

  /** Reads from a local copy: a step's sampler and trainer fetch a checkpoint's weights once. */
  private <T> T read(Loader<T> loader) throws IOException {
    try (SharedCache.Lease<TemporaryVector> file =
        SharedCache.lease(
            SharedCache.Kind.POLICY_FILE, "file " + digest, TemporaryVector.class, this::copy)) {
      return loader.load(file.value());
    }
  }

  private TemporaryVector copy() throws IOException {
    List<Path> paths = files.stream().map(Path::new).toList();
    try (CheckpointVector vector =
        CheckpointVector.open(paths.get(0).getFileSystem(hadoop.value().value()), paths)) {
      return TemporaryVector.copy(vector, 0, vector.size());
    }
  }
}
