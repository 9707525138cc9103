package dev.kindling.stage.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The golden vectors of algorithms: one file each, of any number of cases. */
final class GoldenFiles {
  private static final List<String> ALGORITHMS =
      List.of(
          "garl",
          "paft",
          "reinforce",
          "reinforce_pp",
          "rloo",
          "grpo",
          "dr_grpo",
          "dapo",
          "maxrl",
          "sft",
          "gspo",
          "cispo",
          "sapo",
          "lp_reg",
          "lp_reg_code",
          "entropy_bonus",
          "high_entropy_8020",
          "kl_cov",
          "clip_cov",
          "ref_kl_k3");

  // Batches of several examples of different sizes.
  private static final List<String> MORE = List.of("garl", "paft", "rloo", "grpo", "maxrl");

  private GoldenFiles() {}

  /**
   * All cases of the folder {@code kindling.golden} or its {@code algorithms}, which need not have
   * every algorithm; without it those of the resources.
   */
  static List<GoldenCase> all() throws IOException {
    String given = System.getProperty("kindling.golden");
    if (given == null) {
      Path resources = Path.of("src/test/resources/golden");
      List<GoldenCase> cases = load(resources.resolve("algorithms"), ALGORITHMS);
      cases.addAll(load(resources.resolve("algorithms-more"), MORE));
      return cases;
    }
    Path inner = Path.of(given, "algorithms");
    Path folder = Files.isDirectory(inner) ? inner : Path.of(given);
    return load(folder, ALGORITHMS.stream().filter(a -> Files.exists(file(folder, a))).toList());
  }

  private static Path file(Path folder, String algorithm) {
    return folder.resolve(algorithm + ".json");
  }

  private static List<GoldenCase> load(Path folder, List<String> algorithms) throws IOException {
    List<GoldenCase> cases = new ArrayList<>();
    for (String algorithm : algorithms) {
      JsonNode file = new ObjectMapper().readTree(file(folder, algorithm).toFile());
      double relative64 = file.at("/tolerance/f64_rel").doubleValue();
      double relative32 = file.at("/tolerance/f32_rel").doubleValue();
      for (JsonNode json : file.get("cases")) {
        cases.add(new GoldenCase(algorithm, json, relative64, relative32));
      }
    }
    return cases;
  }
}
