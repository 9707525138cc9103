package dev.kindling.bench;

import java.io.IOException;

/** Runs a task in a process of its own. */
public interface MemoryProcess {
  /** How many bytes of memory the process had at its peak beyond what it had before the task. */
  long peak(MemoryCase task, Workload work) throws IOException;
}
