package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.report.TextTable;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code register}: views of a run's tables in the session's catalog. */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Creates views of a run's tables in the session's catalog (Hive's, Glue's, its own).",
      "Each is over all committed steps; the same is printed for DuckDB and Polars. To be",
      "repeated when the run has gone on: views are replaced."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh register runs/finqa",
      "  ./submit.sh --conf spark.sql.catalogImplementation=hive register runs/finqa --database rl",
      "Then: SELECT verdict, count(*) FROM kindling_finqa_scores GROUP BY verdict"
    })
final class RegisterCommand implements Callable<Integer> {
  private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";

  @Parameters(paramLabel = "RUN", description = "Run folder.")
  private String folder;

  @Option(
      names = "--prefix",
      paramLabel = "NAME",
      description = "What the views' names begin with (default: kindling_ and the run's name).")
  private String prefix;

  @Option(
      names = "--database",
      paramLabel = "NAME",
      description = "Database of the catalog that they go to (default: the session's).")
  private String database;

  @Override
  public Integer call() throws Exception {
    new Check()
        .that(prefix == null || prefix.matches(NAME), "--prefix", prefix, "must match " + NAME)
        .that(
            database == null || database.matches(NAME + "(\\." + NAME + ")*"),
            "--database",
            database,
            "must be names joined by dots, each of which matches " + NAME)
        .done();
    SparkSession spark = Sessions.session();
    try (Progress progress = Progress.ofStages(spark);
        Run run = Sessions.runs(progress).view(folder)) {
      if (database != null) {
        spark.sql("USE " + database);
      }
      String name = run.folder().root().getName();
      RunViews views =
          new RunViews(
              run.folder(), run.lastStep(), prefix == null ? RunViews.prefix(name) : prefix);
      List<List<String>> created = views.create(spark);
      progress.say(TextTable.of(List.of("View", "Table"), created));
      if (spark.conf().get("spark.sql.catalogImplementation").equals("in-memory")) {
        progress.say(
            "The session's catalog is in its memory: the views end with it"
                + " (--conf spark.sql.catalogImplementation=hive keeps them).");
      }
      progress.say("DuckDB:");
      views.duckdb().forEach(progress::say);
      progress.say("Polars:");
      views.polars().forEach(progress::say);
    }
    return 0;
  }
}
