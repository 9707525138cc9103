package dev.kindling.command;

import dev.kindling.stores.HdfsServer;
import dev.kindling.stores.StoreServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs in HDFS; the answer to a request that is held up never comes. */
class HdfsRunTest extends StoreRuns {
  private HdfsServer server;

  @Override
  StoreServer start(Path files) throws IOException {
    server = HdfsServer.start(files);
    return server;
  }

  @Override
  String making(String file) {
    return "^rename .*/" + file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"create .*/.commit.json[^/]*", "rename .*/commit.json"})
  void aNamenodeThatIsStartedAnewInTheMiddleOfACommitIsWaitedFor(String request) throws Exception {
    String name = "restarted-in-" + request.substring(0, 6);
    server.hold(request.replace(".*/", ".*/" + name + "/step-000001/"));
    Path err = temporary.resolve(name);
    Process driver = start(err, settings(name));
    try {
      awaitHeld(driver, err);
      server.restartNamenode();
      server.release();
      assertEndsWell(driver, err);
    } finally {
      driver.destroyForcibly();
    }
    assertIsTheLocalRun(folder(name));
  }
}
