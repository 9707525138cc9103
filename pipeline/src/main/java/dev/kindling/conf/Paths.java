package dev.kindling.conf;

import java.util.List;

/**
 * The files of a data set: settings give one path, or a list of them.
 *
 * @param each paths or URIs, at least one, in the order in which the files are read
 */
public record Paths(List<String> each) {
  /** Keeps a copy. */
  public Paths {
    each = List.copyOf(each);
  }

  /** The paths as a message shows them. */
  @Override
  public String toString() {
    return String.join(", ", each);
  }
}
