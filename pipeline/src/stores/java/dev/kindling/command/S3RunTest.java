package dev.kindling.command;

import dev.kindling.stores.S3Server;
import dev.kindling.stores.StoreServer;
import java.nio.file.Path;

/** Runs in S3 by Hadoop's {@code s3a}; a request that is held up is never carried out. */
class S3RunTest extends StoreRuns {
  @Override
  StoreServer start(Path files) throws Exception {
    return S3Server.start(files);
  }

  @Override
  String making(String file) {
    return "PUT .*/" + file;
  }
}
