package dev.kindling.run;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Paths;
import dev.kindling.io.FileMistake;
import dev.kindling.io.UserPath;
import dev.kindling.stage.read.Candidates;
import dev.kindling.stage.read.RecordFiles;
import dev.kindling.stage.read.TableSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files, tables and queries of a data set, and what their records are called.
 *
 * @param named by their places
 * @param locations whole paths of files; none of what Spark reads
 * @param bytes of all files; 0 of what Spark reads
 */
record Sources(List<Candidates.Source> named, List<Path> locations, long bytes) {
  /**
   * Files of a data set's own format, which must be there.
   *
   * @throws InvalidInputException if one is not, is a folder, or comes twice
   */
  static Sources ofFiles(Configuration hadoop, Paths paths) throws IOException {
    List<Path> whole = new ArrayList<>();
    long bytes = 0;
    for (String path : paths.each()) {
      Path file = UserPath.of(path);
      try {
        FileSystem files = file.getFileSystem(hadoop);
        Path qualified = files.makeQualified(file);
        new Check()
            .that(!whole.contains(qualified), "data set", paths, "must not name a file twice")
            .done();
        whole.add(qualified);
        FileStatus status = files.getFileStatus(file);
        if (status.isDirectory()) {
          throw new InvalidInputException(
              "Cannot read data set " + file + ": it is a folder (must be a file)");
        }
        bytes += status.getLen();
      } catch (IOException e) {
        throw cannotRead(path, e);
      }
    }
    return new Sources(named(FileNames.of(whole), FileNames.splits(whole)), whole, bytes);
  }

  private static InvalidInputException cannotRead(String path, IOException e) throws IOException {
    String what = "Cannot read data set " + path + ": ";
    return e instanceof FileNotFoundException
        ? new InvalidInputException(what + "no such file", e)
        : FileMistake.of(what + e.getMessage(), e);
  }

  /**
   * What Spark reads; it says itself what is not there.
   *
   * @throws InvalidInputException if one comes twice
   */
  static Sources ofTables(Paths paths) {
    Set<String> different = new HashSet<>(paths.each());
    new Check()
        .that(
            different.size() == paths.each().size(),
            "data set",
            paths,
            "must not name a table twice")
        .done();
    boolean areFiles = paths.each().stream().noneMatch(TableSource::isRelation);
    if (areFiles) {
      List<Path> files = paths.each().stream().map(UserPath::of).toList();
      return new Sources(named(paths.each(), FileNames.splits(files)), List.of(), 0);
    }
    List<String> splits = new ArrayList<>();
    for (String entry : paths.each()) {
      splits.add(
          entry.startsWith(TableSource.TABLE)
              ? entry.substring(TableSource.TABLE.length()).strip()
              : entry.startsWith(TableSource.QUERY) ? "query" + (splits.size() + 1) : entry);
    }
    return new Sources(named(paths.each(), splits), List.of(), 0);
  }

  private static List<Candidates.Source> named(List<String> names, List<String> splits) {
    List<Candidates.Source> named = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String prefix = names.size() == 1 ? "" : splits.get(i) + "/";
      named.add(new Candidates.Source(names.get(i), splits.get(i), prefix));
    }
    return named;
  }

  /** The files as tasks open them. */
  List<RecordFiles.Source> files(Paths paths) {
    List<RecordFiles.Source> files = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      files.add(
          new RecordFiles.Source(
              // A relative path is the driver's, and would be another one in an executor's folder.
              locations.get(i).toString(), paths.each().get(i), named.get(i).name()));
    }
    return files;
  }

  /** What the sources are called in messages. */
  List<String> names() {
    return named.stream().map(Candidates.Source::name).toList();
  }
}
