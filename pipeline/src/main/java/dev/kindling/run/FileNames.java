package dev.kindling.run;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;

/**
 * What the files of a data set are called: as little of their paths as tells them apart, the same
 * parts for all of them, so that a data set that was moved as a whole keeps its names.
 */
final class FileNames {
  private FileNames() {}

  /**
   * The names of the files without folder and extension where these differ, else as {@link #of}.
   *
   * @param files whole paths that differ, at least one
   */
  static List<String> splits(List<Path> files) {
    List<String> splits = files.stream().map(file -> split(file.getName())).toList();
    return differ(splits) ? splits : of(files);
  }

  /**
   * The names of the files without folder where these differ, else with as many of their folders as
   * it takes, else the whole paths.
   *
   * @param files whole paths that differ, at least one
   */
  static List<String> of(List<Path> files) {
    int deepest = files.stream().mapToInt(Path::depth).max().orElseThrow();
    for (int parts = 1; parts <= deepest; parts++) {
      int taken = parts;
      List<String> names = named(files, file -> end(file, taken));
      if (differ(names)) {
        return names;
      }
    }
    return named(files, Path::toString);
  }

  private static List<String> named(List<Path> files, Function<Path, String> name) {
    return files.stream().map(name).toList();
  }

  private static boolean differ(List<String> names) {
    return new HashSet<>(names).size() == names.size();
  }

  private static String split(String name) {
    return name.replaceFirst("\\.(gz|bz2|zst)$", "").replaceFirst("\\.[^.]*$", "");
  }

  /** The last parts of a path; of a shorter one all of it, which then begins with a slash. */
  private static String end(Path file, int parts) {
    String path = file.toUri().getPath();
    String[] all = path.split("/", -1);
    return parts >= all.length
        ? path
        : String.join("/", Arrays.asList(all).subList(all.length - parts, all.length));
  }
}
