package dev.kindling.udf.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import org.apache.arrow.vector.ipc.ReadChannel;

/**
 * What a worker says, with the lengths in it bounded: of an output that is no Arrow stream, such as
 * a text, the reader would take the first bytes for a length and ask for as much memory.
 */
final class BoundedChannel extends ReadChannel {
  private static final int LENGTH_BYTES = 4;
  private static final int CONTINUES = -1;

  private final int longest;

  /** Bounds the lengths of messages, in bytes. */
  BoundedChannel(InputStream in, int longest) {
    super(Channels.newChannel(in));
    this.longest = longest;
  }

  @Override
  public int readFully(ByteBuffer buffer) throws IOException {
    boolean isLength = buffer.remaining() == LENGTH_BYTES;
    int start = buffer.position();
    int read = super.readFully(buffer);
    if (isLength && read == LENGTH_BYTES) {
      int length = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(start);
      if (length != CONTINUES && (length < 0 || length > longest)) {
        throw new IOException("the worker's output is no Arrow stream");
      }
    }
    return read;
  }
}
