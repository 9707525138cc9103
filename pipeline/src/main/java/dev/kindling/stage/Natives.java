package dev.kindling.stage;

import java.io.File;
import org.apache.spark.SparkEnv;

/**
 * Where torch and the tokenizer unpack their native code, some 450 MB, once a JVM: on executors
 * among what Spark keeps on local disks while they live, for a container may have no home; in a
 * driver, whose local tasks find it there the next time, in the user's home.
 */
public final class Natives {
  /** What DJL reads, of the environment or of Java's properties. */
  private static final String PLACE = "ENGINE_CACHE_DIR";

  private static final String USERS_PLACE = "DJL_CACHE_DIR";

  /** What Spark calls the driver among executors. */
  private static final String DRIVER = "driver";

  private Natives() {}

  /** Chooses the place, before the first use of either, unless the user has. */
  public static synchronized void place() {
    SparkEnv here = SparkEnv.get();
    if (here != null
        && !here.executorId().equals(DRIVER)
        && !isChosen(PLACE)
        && !isChosen(USERS_PLACE)) {
      // Removed with the executor; DJL renames what it has unpacked whole, so nothing half is used.
      File local = here.blockManager().diskBlockManager().localDirs()[0];
      System.setProperty(PLACE, new File(local, "natives").getAbsolutePath());
    }
  }

  private static boolean isChosen(String name) {
    return System.getenv(name) != null || System.getProperty(name) != null;
  }
}
