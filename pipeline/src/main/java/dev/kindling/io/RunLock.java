package dev.kindling.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindling.check.InvalidInputException;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Keeps a second driver out of a run folder.
 *
 * <p>A driver writes a claim of its own and then looks for others: whoever finds a living one
 * withdraws. Two drivers at the same instant may both withdraw but never both go on, on any file
 * system that lists what was written, because no claim is ever overwritten; exclusive creation
 * would not hold on the local file system, where Hadoop checks and creates in two steps. A claim
 * whose process has died on this host is removed.
 *
 * <p>In a store of objects that compares and writes in one, the claim has one name: a driver makes
 * it where there is none, or puts its own in the place of a dead one. There nothing depends on what
 * is listed, but that claims of drivers whose Hadoop cannot do so are respected.
 */
public final class RunLock implements Closeable {
  private static final String CLAIM_SUFFIX = ".json";
  private static final String ONLY_CLAIM = "driver" + CLAIM_SUFFIX;

  /** The kernel's boot time, from which start times are counted, may be off by a second or so. */
  private static final Duration SAME_START = Duration.ofSeconds(5);

  /** A claim that is no older may be withdrawn again in favour of another. */
  private static final Duration YOUNG = Duration.ofSeconds(5);

  private static final int MOST_TRIES = 10;
  private static final long MOST_PAUSE_MILLIS = 100;

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final FileSystem fileSystem;
  private final Path claim;
  private final byte[] content;

  private RunLock(FileSystem fileSystem, Path claim, byte[] content) {
    this.fileSystem = fileSystem;
    this.claim = claim;
    this.content = content;
  }

  /**
   * Who holds a run folder.
   *
   * @param host name of the machine
   * @param pid process id on that machine
   * @param processStart ISO 8601 instant at which the process began, empty when unknown: a process
   *     id alone may have been given to another process since
   * @param since ISO 8601 instant of the claim
   * @param id random, so that no two claims are the same
   */
  public record Holder(String host, long pid, String processStart, String since, String id) {
    /** Refuses what no driver has written. */
    public Holder {
      Objects.requireNonNull(host, "host");
      Objects.requireNonNull(processStart, "process_start");
      Objects.requireNonNull(id, "id");
      Instant.parse(since);
    }

    /** This driver. */
    public static Holder ofThisProcess() {
      return new Holder(
          hostName(),
          ProcessHandle.current().pid(),
          startOf(ProcessHandle.current()),
          Instant.now().toString(),
          UUID.randomUUID().toString());
    }

    /** Whether the process is known to have ended, which only its own host can tell. */
    boolean isDead() {
      if (!host.equals(hostName())) {
        return false;
      }
      Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
      return process.isEmpty() || !sameStart(processStart, startOf(process.get()));
    }

    private static String startOf(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toString).orElse("");
    }

    private static boolean sameStart(String claimed, String actual) {
      if (claimed.isEmpty() || actual.isEmpty()) {
        return true;
      }
      Duration apart = Duration.between(Instant.parse(claimed), Instant.parse(actual)).abs();
      return apart.compareTo(SAME_START) <= 0;
    }
  }

  /**
   * Takes the lock of a run folder.
   *
   * @param folder the run folder
   * @throws RunInUseException naming host, process and time, when another driver holds it
   * @throws InvalidInputException when there is a claim that no driver wrote
   */
  public static RunLock acquire(FileSystem fileSystem, Path folder) throws IOException {
    Holder holder = Holder.ofThisProcess();
    for (int tries = 1; ; tries++) {
      try {
        return tryToAcquire(fileSystem, folder, holder);
      } catch (Contended both) {
        if (tries == MOST_TRIES && both.getCause() instanceof IOException refused) {
          throw refused;
        }
        if (tries == MOST_TRIES) {
          throw new RunInUseException(both.getMessage(), both);
        }
        pause();
      }
    }
  }

  /**
   * Two claims that were made at the same time are in each other's way: both are withdrawn, and who
   * claims first again holds the folder.
   */
  private static final class Contended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Contended(String message, IOException refused) {
      super(message, refused);
    }
  }

  private static void pause() {
    try {
      // Not the run's randomness: two drivers must not wait equally long.
      Thread.sleep(ThreadLocalRandom.current().nextLong(MOST_PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a lock", e);
    }
  }

  private static RunLock tryToAcquire(FileSystem fileSystem, Path folder, Holder holder)
      throws IOException {
    Path claims = new Path(folder, "lock");
    boolean isOnly = ObjectFile.isConditional(fileSystem, claims);
    Path claim = new Path(claims, isOnly ? ONLY_CLAIM : holder.id() + CLAIM_SUFFIX);
    RunLock lock = new RunLock(fileSystem, claim, JSON.writeValueAsBytes(holder));
    if (isOnly) {
      lock.claimWhereNoneLives(folder);
    } else {
      AtomicFile.write(fileSystem, claim, out -> out.write(lock.content));
    }
    try {
      for (Path other : otherClaims(fileSystem, claims, claim)) {
        requireDead(fileSystem, folder, other);
        fileSystem.delete(other, false);
      }
      return lock;
    } catch (IOException | RuntimeException refused) {
      lock.close();
      throw refused;
    }
  }

  private void claimWhereNoneLives(Path folder) throws IOException {
    try {
      Optional<FileStatus> seen = status();
      if (seen.isPresent()) {
        if (isHeld()) {
          // Of an earlier try, whose answer was lost.
          return;
        }
        requireDead(fileSystem, folder, claim);
      }
      ObjectFile.writeIfAsSeen(fileSystem, claim, seen, out -> out.write(content));
    } catch (IOException refused) {
      // Most likely another driver has written it meanwhile, which the next try sees.
      throw new Contended("Cannot write " + claim, refused);
    }
  }

  private Optional<FileStatus> status() throws IOException {
    try {
      return Optional.of(fileSystem.getFileStatus(claim));
    } catch (FileNotFoundException free) {
      return Optional.empty();
    }
  }

  /**
   * Called before a commit: a driver that slept while a person removed its claim must not write.
   *
   * @throws InvalidInputException when the claim is gone
   */
  public void verifyHeld() throws IOException {
    if (!isHeld()) {
      throw new InvalidInputException(
          "Lost the lock " + claim + " (somebody removed it: another driver may write this run)");
    }
  }

  private boolean isHeld() throws IOException {
    try (InputStream in = fileSystem.open(claim)) {
      return Arrays.equals(in.readAllBytes(), content);
    } catch (FileNotFoundException removed) {
      return false;
    }
  }

  /** Gives the run folder back. */
  @Override
  public void close() throws IOException {
    // Where a person has removed the claim, one of the same name may be another driver's.
    if (isHeld()) {
      fileSystem.delete(claim, false);
    }
  }

  private static List<Path> otherClaims(FileSystem fileSystem, Path claims, Path own)
      throws IOException {
    List<Path> others = new ArrayList<>();
    FileStatus[] entries;
    try {
      entries = fileSystem.listStatus(claims);
    } catch (FileNotFoundException removed) {
      throw new Contended("Another driver has removed " + claims + " meanwhile", null);
    }
    for (FileStatus status : entries) {
      String name = status.getPath().getName();
      if (name.endsWith(CLAIM_SUFFIX) && !name.equals(own.getName())) {
        others.add(status.getPath());
      }
    }
    return others;
  }

  /**
   * Holds that the process of a claim has ended, or has given it back meanwhile.
   *
   * @throws RunInUseException when it may live
   */
  private static void requireDead(FileSystem fileSystem, Path folder, Path claim)
      throws IOException {
    Holder holder;
    try (InputStream in = fileSystem.open(claim)) {
      holder = JSON.readValue(in, Holder.class);
      Objects.requireNonNull(holder, "null");
    } catch (FileNotFoundException released) {
      return;
    } catch (JsonProcessingException | NullPointerException damaged) {
      throw new InvalidInputException(
          "Run folder "
              + folder
              + " is in use (delete "
              + claim
              + ", which cannot be read, when no other driver runs)",
          damaged);
    }
    if (holder.isDead()) {
      return;
    }
    String message =
        "Run folder %s is in use by process %d on host %s since %s (wait until it ends, or choose another --name; if that process is dead, delete %s)"
            .formatted(folder, holder.pid(), holder.host(), holder.since(), claim);
    if (Duration.between(Instant.parse(holder.since()), Instant.now()).abs().compareTo(YOUNG) < 0) {
      throw new Contended(message, null);
    }
    throw new RunInUseException(message);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      // Without a name no claim can be told to be of this host, so none is ever taken over.
      return "unknown-" + UUID.randomUUID();
    }
  }
}
