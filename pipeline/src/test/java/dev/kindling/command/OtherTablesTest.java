package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.Commit;
import dev.kindling.io.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose tables were computed by another engine goes on only where that is allowed. */
class OtherTablesTest {
  @TempDir Path temporary;

  /** The last commit as RAPIDS would have had it written. */
  private static void madeByRapids(RunFolder run) throws IOException {
    Commit last = run.lastCommit().orElseThrow();
    run.fileSystem().delete(run.commit(last.step()), false);
    new Commit(
            last.step(),
            last.configDigest(),
            last.changed(),
            last.position(),
            last.inputs(),
            last.checkpoint(),
            last.rows(),
            "rapids 26.08.1",
            last.previous(),
            last.version())
        .write(run.fileSystem(), run.commit(last.step()));
  }

  @Test
  void anotherEngineIsRefusedUnlessItIsAllowedAndTheCommitNamesIt() throws IOException {
    RunFolder run = SmallRun.train(SmallRun.settings(temporary, "run", "run.steps=1"), false);
    assertThat(run.readCommit(0).tables()).isEqualTo("jvm");
    assertThat(run.readCommit(1).tables()).isEqualTo("jvm");
    madeByRapids(run);
    List<String> settings = SmallRun.settings(temporary, "run", "run.steps=2");

    CommandResult refused = CommandResult.of(SmallRun.arguments("train", settings, "--resume"));

    assertThat(refused.err())
        .contains("Invalid engine of tables for " + run.root() + ": jvm (must be rapids 26.08.1,")
        .contains("--other-tables");
    assertThat(refused.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(run.lastCommit().orElseThrow().step()).isEqualTo(1);
    CommandResult allowed =
        CommandResult.of(SmallRun.arguments("train", settings, "--resume", "--other-tables"));
    assertThat(allowed.code()).as(allowed.err()).isZero();
    assertThat(run.readCommit(2).tables()).isEqualTo("jvm");
  }
}
