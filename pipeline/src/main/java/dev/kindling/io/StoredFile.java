package dev.kindling.io;

import dev.kindling.check.Check;
import dev.kindling.check.Sha256;
import java.io.Serializable;

/**
 * What a file must hold to be the one that was written.
 *
 * @param name file name without its folder
 * @param bytes length
 * @param sha256 SHA-256 of the content, 64 lower-case hexadecimal digits
 */
public record StoredFile(String name, long bytes, String sha256) implements Serializable {
  /** Refuses what no file can be. */
  public StoredFile {
    new Check()
        .that(
            name != null && !name.isEmpty() && name.indexOf('/') < 0,
            "file name",
            name,
            "must be a name without a folder")
        .that(bytes >= 0, "bytes of " + name, bytes, "must be >= 0")
        .that(Sha256.isOne(sha256), "sha256 of " + name, sha256, "must be 64 hex digits")
        .done();
  }
}
