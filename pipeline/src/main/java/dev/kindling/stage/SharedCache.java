package dev.kindling.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Large read-only things that every task of an executor needs, held once per JVM: weights, packed
 * decoders, tokenizers. A key names content (a checkpoint with its digest), so a cached value never
 * goes stale.
 *
 * <p>A task leases a value for as long as it runs. Of each kind, only the value leased last may lie
 * idle (of files, which are no memory, the last two), and what is idle beyond that is closed before
 * another of its kind is loaded; so an executor never holds two policies in memory that no task
 * uses, and a new version displaces the old one without an order between tasks.
 */
public final class SharedCache {
  /** What a value is; values of one kind displace each other. */
  public enum Kind {
    /** The policy of a step, packed for sampling or as weights for training. */
    POLICY(1),
    /** The policy that a KL term refers to. */
    REFERENCE(1),
    /**
     * A checkpoint's weights in a local file: a gradient may need those of two policies in turn.
     */
    POLICY_FILE(2),
    /** What computes gradients. */
    TRAINER(1),
    /** A tokenizer. */
    TOKENIZER(1);

    private final int idle;

    /** A kind of which the {@code idle} values leased last may lie idle. */
    Kind(int idle) {
      this.idle = idle;
    }
  }

  // Tasks of one executor meet nowhere else: Spark gives them no object of the JVM's lifetime.
  private static final SharedCache OF_THIS_JVM = new SharedCache();

  private final Map<Name, Entry> entries = new LinkedHashMap<>();

  private SharedCache() {}

  private record Name(Kind kind, String key) {}

  /** A value in use by one task; closing it ends the use, not the value. */
  public static final class Lease<T> implements AutoCloseable {
    private final T value;
    private final Entry entry;

    private Lease(T value, Entry entry) {
      this.value = value;
      this.entry = entry;
    }

    public T value() {
      return value;
    }

    @Override
    public void close() {
      OF_THIS_JVM.release(entry);
    }
  }

  private static final class Entry {
    private final Name name;
    private AutoCloseable value;
    private int leases;

    private Entry(Name name) {
      this.name = name;
    }
  }

  /**
   * Leases the value of a key, loading it when this JVM does not hold it. Two tasks that ask at
   * once share one load.
   *
   * @throws IllegalStateException if loading fails; the next lease tries again
   */
  public static <T extends AutoCloseable> Lease<T> lease(
      Kind kind, String key, Class<T> type, Callable<T> load) {
    List<AutoCloseable> displaced = new ArrayList<>();
    Entry entry = OF_THIS_JVM.claim(new Name(kind, key), displaced);
    try {
      close(displaced);
      synchronized (entry) {
        if (entry.value == null) {
          Natives.place();
          entry.value = load.call();
        }
        return new Lease<>(type.cast(entry.value), entry);
      }
    } catch (RuntimeException e) {
      OF_THIS_JVM.release(entry);
      throw e;
    } catch (Exception e) {
      OF_THIS_JVM.release(entry);
      throw new IllegalStateException("Cannot load " + key, e);
    }
  }

  private synchronized Entry claim(Name name, List<AutoCloseable> displaced) {
    // Taken out and put back, so that the map's order is that of last use.
    Entry entry = entries.remove(name);
    if (entry == null) {
      entry = new Entry(name);
    }
    entry.leases++;
    entries.put(name, entry);
    removeIdle(name.kind(), displaced);
    return entry;
  }

  private void release(Entry entry) {
    List<AutoCloseable> displaced = new ArrayList<>();
    synchronized (this) {
      entry.leases--;
      removeIdle(entry.name.kind(), displaced);
    }
    close(displaced);
  }

  /** Takes out the idle values of a kind, all but those that were leased last. */
  private void removeIdle(Kind kind, List<AutoCloseable> displaced) {
    List<Entry> ofKind =
        entries.values().stream().filter(entry -> entry.name.kind() == kind).toList();
    for (Entry entry : ofKind.subList(0, Math.max(0, ofKind.size() - kind.idle))) {
      if (entry.leases == 0) {
        entries.remove(entry.name);
        if (entry.value != null) {
          displaced.add(entry.value);
        }
      }
    }
  }

  private static void close(List<AutoCloseable> displaced) {
    for (AutoCloseable value : displaced) {
      try {
        value.close();
      } catch (Exception e) {
        throw new IllegalStateException("Cannot close " + value, e);
      }
    }
  }
}
