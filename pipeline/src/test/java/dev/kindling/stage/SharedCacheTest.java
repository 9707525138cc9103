package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every task of an executor shares. */
class SharedCacheTest {
  /** Something large that must be closed once. */
  private static final class Large implements AutoCloseable {
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  void eightTasksThatAskAtOnceShareOneLoad() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    Callable<Large> load =
        () -> {
          loads.incrementAndGet();
          return new Large();
        };
    ExecutorService tasks = Executors.newFixedThreadPool(8);
    List<Future<Large>> seen = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      seen.add(
          tasks.submit(
              () -> {
                try (SharedCache.Lease<Large> lease =
                    SharedCache.lease(
                        SharedCache.Kind.REFERENCE, "test at once", Large.class, load)) {
                  return lease.value();
                }
              }));
    }
    Large first = seen.get(0).get();
    for (Future<Large> each : seen) {
      assertThat(each.get()).isSameAs(first);
    }
    tasks.shutdown();
    assertThat(loads).hasValue(1);
  }

  @Test
  void newVersionsDisplaceIdleOnesButNeverOneInUse() {
    Large used = new Large();
    Large idle = new Large();
    try (SharedCache.Lease<Large> held =
        SharedCache.lease(SharedCache.Kind.REFERENCE, "test in use", Large.class, () -> used)) {
      SharedCache.lease(SharedCache.Kind.REFERENCE, "test idle", Large.class, () -> idle).close();
      for (int version = 0; version < 10; version++) {
        SharedCache.lease(
                SharedCache.Kind.REFERENCE, "test version " + version, Large.class, Large::new)
            .close();
      }
      assertThat(idle.closed).hasValue(1);
      assertThat(held.value().closed).hasValue(0);
    }
  }

  @Test
  void anIdleValueIsClosedBeforeTheNextOfItsKindIsLoadedAndOtherKindsStay() {
    Large old = new Large();
    Large other = new Large();
    SharedCache.lease(SharedCache.Kind.TRAINER, "test other", Large.class, () -> other).close();
    SharedCache.lease(SharedCache.Kind.REFERENCE, "test old", Large.class, () -> old).close();
    assertThat(old.closed).hasValue(0);
    Callable<Large> load =
        () -> {
          assertThat(old.closed).hasValue(1);
          return new Large();
        };
    SharedCache.lease(SharedCache.Kind.REFERENCE, "test new", Large.class, load).close();
    assertThat(old.closed).hasValue(1);
    assertThat(other.closed).hasValue(0);
    SharedCache.lease(SharedCache.Kind.TRAINER, "test other 2", Large.class, Large::new).close();
  }

  @Test
  void aValueThatWasDisplacedWhileInUseIsClosedAtItsEnd() {
    Large old = new Large();
    SharedCache.Lease<Large> held =
        SharedCache.lease(SharedCache.Kind.REFERENCE, "test held", Large.class, () -> old);
    SharedCache.lease(SharedCache.Kind.REFERENCE, "test newer", Large.class, Large::new).close();
    assertThat(old.closed).hasValue(0);
    held.close();
    assertThat(old.closed).hasValue(1);
  }

  @Test
  void aLoadThatFailsIsTriedAgainByTheNextTask() {
    assertThatThrownBy(
            () ->
                SharedCache.lease(
                    SharedCache.Kind.REFERENCE,
                    "test failing",
                    Large.class,
                    () -> {
                      throw new IOException("disk gone");
                    }))
        .hasMessage("Cannot load test failing")
        .hasRootCauseMessage("disk gone");
    Large second = new Large();
    try (SharedCache.Lease<Large> lease =
        SharedCache.lease(SharedCache.Kind.REFERENCE, "test failing", Large.class, () -> second)) {
      assertThat(lease.value()).isSameAs(second);
    }
  }
}
