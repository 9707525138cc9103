package dev.kindling.rapids;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.YamlText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Every objective with each of its courses of q, with and without what it carries over steps. */
public final class SomeObjectives {
  private static final Path RECIPES = Path.of("..", "conf", "recipes");

  private static final List<String> SETTINGS =
      List.of(
          "name=garl success=verified",
          "name=garl carry=0.5",
          "name=garl schedule.shape=step",
          "name=garl schedule.shape=linear",
          "name=garl schedule.shape=cosine",
          "name=garl schedule.shape=adaptive",
          "name=garl schedule.shape=adaptive carry=0.5",
          "name=grpo success=verified overlong.cache=2",
          "name=paft",
          "name=paft resamples=2",
          "name=paft carry=0.5",
          "name=reinforce success=verified",
          "name=reinforce-plus-plus success=verified",
          "name=rloo success=verified",
          "name=grpo success=verified",
          "name=maxrl success=verified maxrl=code",
          "name=maxrl success=verified maxrl=successes",
          "name=maxrl success=verified maxrl=control-variate",
          "name=sft");

  private SomeObjectives() {}

  /** Their configurations, and those of the recipes. */
  public static Stream<Named<Configuration>> all() throws IOException {
    try (Stream<Path> files = Files.list(RECIPES)) {
      List<Path> recipes = files.sorted().toList();
      return Stream.concat(
          recipes.stream().map(SomeObjectives::recipe),
          SETTINGS.stream().map(settings -> Named.of(settings, of(settings))));
    }
  }

  private static Named<Configuration> recipe(Path file) {
    try {
      String text = Files.readString(file);
      return Named.of(
          file.getFileName().toString(),
          Configuration.load(List.of(new YamlText(file.toString(), text)), List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Configuration of(String settings) {
    return Configuration.load(
        List.of(), Stream.of(settings.split(" ")).map(one -> "objective." + one).toList());
  }
}
