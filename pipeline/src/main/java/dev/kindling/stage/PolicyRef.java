package dev.kindling.stage;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.sample.Decoder;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.Digests;
import dev.kindling.io.StoredFile;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Names one version of the policy, so that any executor can load it; loading happens once per JVM.
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
    return new PolicyRef(
        hadoop,
        files,
        Digests.sha256(digests.getBytes(StandardCharsets.UTF_8)),
        model,
        precision,
        version);
  }

  /** The policy that an update of this one has written. */
  public PolicyRef next(Path folder, List<StoredFile> slices, long nextVersion) {
    return of(hadoop, folder, slices, model, precision, nextVersion);
  }

  /** The fp32 parameters, for the trainer. */
  SharedCache.Lease<Weights> weights() {
    return SharedCache.lease("weights " + digest, Weights.class, this::load);
  }

  /** The packed inference model, for the sampler. */
  SharedCache.Lease<LoadedDecoder> decoder() {
    return SharedCache.lease(
        "decoder " + digest, LoadedDecoder.class, () -> LoadedDecoder.of(weights()));
  }

  /**
   * A decoder and the weights that it shares tensors with.
   *
   * @param decoder the decoder
   * @param weights leased for as long as the decoder is open
   */
  record LoadedDecoder(Decoder decoder, SharedCache.Lease<Weights> weights)
      implements AutoCloseable {
    private static LoadedDecoder of(SharedCache.Lease<Weights> weights) {
      try {
        return new LoadedDecoder(new Decoder(weights.value()), weights);
      } catch (RuntimeException e) {
        weights.close();
        throw e;
      }
    }

    @Override
    public void close() {
      decoder.close();
      weights.close();
    }
  }

  private Weights load() throws IOException {
    Weights weights = Weights.allocate(model);
    try {
      for (String file : files) {
        Path path = new Path(file);
        CheckpointSlice.Parameters slice =
            CheckpointSlice.readParameters(path.getFileSystem(hadoop.value().value()), path);
        weights.write(slice.range().from(), slice.values());
      }
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }
}
