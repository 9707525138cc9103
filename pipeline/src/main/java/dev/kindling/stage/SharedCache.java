package dev.kindling.stage;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Large read-only things that every task of an executor needs, held once per JVM: weights, packed
 * decoders, tokenizers. A key names content (a checkpoint with its digest), so a cached value never
 * goes stale.
 *
 * <p>A task leases a value for as long as it runs. Values that nobody leases are closed, oldest
 * first, once more than {@link #KEPT_IDLE} of them lie idle; so a new policy version displaces the
 * old one without an order between tasks.
 */
final class SharedCache {
  // The policy that samples and the policy that trains, as weights and as decoder, and a tokenizer.
  private static final int KEPT_IDLE = 4;

  // Tasks of one executor meet nowhere else: Spark gives them no object of the JVM's lifetime.
  private static final SharedCache OF_THIS_JVM = new SharedCache();

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private SharedCache() {}

  /** A value in use by one task; closing it ends the use, not the value. */
  static final class Lease<T> implements AutoCloseable {
    private final T value;
    private final Entry entry;

    private Lease(T value, Entry entry) {
      this.value = value;
      this.entry = entry;
    }

    T value() {
      return value;
    }

    @Override
    public void close() {
      OF_THIS_JVM.release(entry);
    }
  }

  private static final class Entry {
    private AutoCloseable value;
    private int leases;
  }

  /**
   * Leases the value of a key, loading it when this JVM does not hold it. Two tasks that ask at
   * once share one load.
   *
   * @throws IllegalStateException if loading fails; the next lease tries again
   */
  static <T extends AutoCloseable> Lease<T> lease(String key, Class<T> type, Callable<T> load) {
    Entry entry = OF_THIS_JVM.claim(key);
    try {
      synchronized (entry) {
        if (entry.value == null) {
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

  private synchronized Entry claim(String key) {
    // Taken out and put back, so that the map's order is that of last use.
    Entry entry = entries.remove(key);
    if (entry == null) {
      entry = new Entry();
    }
    entry.leases++;
    entries.put(key, entry);
    return entry;
  }

  private void release(Entry entry) {
    List<AutoCloseable> displaced = new ArrayList<>();
    synchronized (this) {
      entry.leases--;
      long idle = entries.values().stream().filter(e -> e.leases == 0).count();
      for (Iterator<Entry> each = entries.values().iterator();
          each.hasNext() && idle > KEPT_IDLE; ) {
        Entry candidate = each.next();
        if (candidate.leases == 0) {
          each.remove();
          idle--;
          if (candidate.value != null) {
            displaced.add(candidate.value);
          }
        }
      }
    }
    for (AutoCloseable value : displaced) {
      try {
        value.close();
      } catch (Exception e) {
        throw new IllegalStateException("Cannot close " + value, e);
      }
    }
  }
}
