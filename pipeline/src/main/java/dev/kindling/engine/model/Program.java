package dev.kindling.engine.model;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.Torch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A TorchScript program whose text is a resource of this package's parent. Any number of threads
 * may run methods of one program at once. Each run sets torch's per-thread state itself, so that a
 * thread needs no preparation.
 */
public final class Program implements AutoCloseable {
  private static final String FOLDER = "/dev/kindling/engine/";

  private final String name;
  private long module;

  private Program(String name, long module) {
    this.name = name;
    this.module = module;
  }

  /**
   * Loads a program.
   *
   * @param resources file names in {@code dev/kindling/engine/}; the methods of all of them form
   *     one program and may call each other through {@code self}
   * @throws IllegalStateException naming the files and torch's complaint when they do not compile
   */
  public static Program load(String... resources) {
    StringBuilder methods = new StringBuilder();
    for (String resource : resources) {
      methods.append(text(resource)).append('\n');
    }
    return compile(String.join(" + ", resources), methods.toString());
  }

  /** Loads a program from its text; {@code name} stands in messages. */
  static Program compile(String name, String methods) {
    Torch.prepareThread();
    try {
      return new Program(name, Torch.loadModule(TorchScriptArchive.pack(methods)));
    } catch (EngineException e) {
      throw new IllegalStateException("Cannot load program " + name + ": " + e.getMessage(), e);
    }
  }

  private static String text(String resource) {
    try (InputStream stream = Program.class.getResourceAsStream(FOLDER + resource)) {
      if (stream == null) {
        throw new IllegalArgumentException(
            "No program " + FOLDER + resource + " on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read program " + resource, e);
    }
  }

  /**
   * Runs a method in inference mode: nothing is recorded, and results can never be differentiated.
   *
   * @param method name of the method
   * @param arguments the arguments after {@code self}; the caller still owns them
   * @return the result, which the caller closes
   * @throws IllegalStateException naming the program and the method when torch refuses
   */
  public Value run(String method, Value... arguments) {
    if (module == 0) {
      throw new IllegalStateException("program " + name + " is closed");
    }
    Torch.prepareThread();
    long[] handles = Arrays.stream(arguments).mapToLong(Value::handle).toArray();
    try {
      return Value.owning(Torch.run(module, method, handles));
    } catch (EngineException e) {
      throw new IllegalStateException(
          "Cannot run " + method + " of program " + name + ": " + e.getMessage(), e);
    }
  }

  /** Gives the program back; no thread may be running it. A second call does nothing. */
  @Override
  public void close() {
    if (module != 0) {
      Torch.deleteModule(module);
      module = 0;
    }
  }
}
