package dev.kindling.stores;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.namenode.AuditLogger;

/**
 * HDFS of one namenode and one datanode in this process. Requests are like {@code rename /from
 * /to}; the one that is held up was carried out, and its answer waits.
 */
public final class HdfsServer implements StoreServer {
  private final MiniDFSCluster cluster;

  private HdfsServer(MiniDFSCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Starts a server.
   *
   * @param files empty folder for its data
   */
  public static HdfsServer start(Path files) throws IOException {
    Configuration conf = new Configuration();
    conf.set("dfs.namenode.audit.loggers", Gate.class.getName());
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf, files.toFile()).build();
    cluster.waitActive();
    return new HdfsServer(cluster);
  }

  /** Where every request of clients passes, once it is carried out. */
  public static final class Gate implements AuditLogger {
    // The namenode makes an object of its own, by the name of the class.
    private static final AtomicReference<Pattern> NEXT = new AtomicReference<>();
    private static final AtomicReference<Pattern> HELD = new AtomicReference<>();

    /** As the namenode makes it. */
    public Gate() {}

    @Override
    public void initialize(Configuration conf) {}

    @Override
    public void logAuditEvent(
        boolean succeeded,
        String user,
        InetAddress address,
        String command,
        String source,
        String target,
        FileStatus status) {
      Pattern next = NEXT.get();
      String request = command + " " + source + " " + target;
      if (next == null || !next.matcher(request).find() || !NEXT.compareAndSet(next, null)) {
        return;
      }
      HELD.set(next);
      try {
        while (HELD.get() != null) {
          Thread.sleep(10);
        }
      } catch (InterruptedException stopped) {
        // The namenode ends, and gives no answer.
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Stops the namenode and starts it anew, as after a crash. */
  public void restartNamenode() throws IOException {
    cluster.restartNameNode(true);
  }

  @Override
  public Map<String, String> hadoop() {
    return Map.of("dfs.client.retry.policy.enabled", "true", "dfs.replication", "1");
  }

  @Override
  public String folder() {
    return cluster.getURI() + "/runs";
  }

  @Override
  public void hold(String pattern) {
    Gate.NEXT.set(Pattern.compile(pattern));
  }

  @Override
  public boolean isHeld() {
    return Gate.HELD.get() != null;
  }

  @Override
  public void release() {
    Gate.NEXT.set(null);
    Gate.HELD.set(null);
  }

  @Override
  public void close() {
    cluster.shutdown();
  }
}
