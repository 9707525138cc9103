/**
 * Verifiers in processes of their own, which can be stopped: the parent sends rows to be judged as
 * an Arrow IPC stream to the process's input and reads one row of verdict for each from its output.
 */
package dev.kindling.udf.worker;
