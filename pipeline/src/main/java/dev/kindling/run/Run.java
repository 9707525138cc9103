package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.EvaluationSet;
import dev.kindling.conf.YamlText;
import dev.kindling.engine.train.LearningRate;
import dev.kindling.io.Commit;
import dev.kindling.io.Leftovers;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import dev.kindling.io.RunStatus;
import dev.kindling.io.StoredFile;
import dev.kindling.objective.Objective;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import dev.kindling.row.TableEngine;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Prepare;
import dev.kindling.stage.PromptOrder;
import dev.kindling.stage.Rollout;
import dev.kindling.track.Trackers;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** An open run: its folder under lock, its settings and its model, and what has been committed. */
public final class Run implements AutoCloseable {
  private final SparkSession spark;
  private final RunFolder folder;
  private final Optional<RunLock> lock;
  private final Configuration conf;
  private final RunModel model;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final long totalUpdates;
  private final String version;
  private final StepTables tables;
  private final Map<String, String> changed;
  private final Set<Long> verified = new HashSet<>();
  private final int examples;
  private final StatusFile status;
  private final StepQueries queries;
  private final Optional<Trackers> trackers;
  private Commit last;

  /** Read when it is asked for, and again once a step has been evaluated. */
  private Standing standing;

  /**
   * Takes over a run whose step 0 is committed.
   *
   * @param lock the run's lock; empty for a run that is only looked at
   * @param model what the run's model folder holds
   * @param totalUpdates updates over which the learning rate runs its course
   * @param changed settings that are not those of {@code config.yaml}, by name
   * @param version of this build, for commits
   */
  public Run(
      SparkSession spark,
      RunFolder folder,
      Optional<RunLock> lock,
      Configuration conf,
      RunModel model,
      long totalUpdates,
      Map<String, String> changed,
      String version)
      throws IOException {
    this.spark = spark;
    this.folder = folder;
    this.lock = lock;
    this.conf = conf;
    this.model = model;
    this.totalUpdates = totalUpdates;
    this.changed = changed;
    this.tables = new StepTables(spark, folder, samplesInRounds());
    this.queries = new StepQueries(spark, tables);
    this.version = version;
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    this.last = folder.lastCommit().orElseThrow();
    this.status =
        new StatusFile(spark.sparkContext(), folder, conf.run().steps(), last.step(), version);
    this.examples = Math.toIntExact(folder.readCommit(0).rows().get(RunStart.ALL_PROMPTS));
    if (lock.isPresent()) {
      // Who only looks may look at a run whose checkpoints are elsewhere; a policy is verified when
      // it is asked for.
      last.verify(folder.fileSystem(), folder.checkpoint(last.step()));
      verified.add(last.step());
    }
    this.trackers = lock.map(held -> Trackers.start(spark, folder, conf, last.step()));
  }

  /** The session that the stages run in. */
  public SparkSession spark() {
    return spark;
  }

  public RunFolder folder() {
    return folder;
  }

  public Configuration conf() {
    return conf;
  }

  /** Who is told of steps that are committed; a run that is only looked at has none. */
  Trackers trackers() {
    return trackers.orElseThrow();
  }

  Objective objective() {
    return conf.objectiveOf();
  }

  /** What the stages take of the configuration. */
  public RunSettings settings() {
    return new RunSettings(conf, model);
  }

  public RunModel model() {
    return model;
  }

  /** Number of the last committed step; 0 for the policy that the run began with. */
  public long lastStep() {
    return last.step();
  }

  /** The rows of a step's table, those of all rounds of sampling together. */
  public Dataset<Row> read(long step, Table<?> table) throws IOException {
    return tables.read(open(), step, table);
  }

  /** The rows of one round's table of the open step. */
  Dataset<Row> read(int round, Table<?> table) throws IOException {
    return tables.read(open(), round, table);
  }

  /** Whether one round's table of the open step is finished, and what it was made from the same. */
  boolean isWhole(int round, Table<?> table) throws IOException {
    return tables.isWhole(open(), round, table);
  }

  /** How many rounds of sampling of a step have scores, finished or not; at least 1. */
  int rounds(long step) throws IOException {
    return folder.tables(step, Table.SCORES.name()).size();
  }

  private StepTables.Open open() {
    return new StepTables.Open(last.step() + 1, last.digest());
  }

  /** Whether a step may have more than one round of sampling. */
  private boolean samplesInRounds() {
    return objective().sampling().isPresent();
  }

  /** Removes the further rounds of a step: what they were drawn after is made again. */
  void dropRounds(long step) throws IOException {
    if (samplesInRounds()) {
      folder.removeRefills(step);
    }
  }

  /** Whether estimates of success are carried across steps. */
  boolean carriesEstimates() {
    return objective().estimator().carryDecay().isPresent();
  }

  /** What a step left of its estimates of success; nothing before the first. */
  Dataset<Row> carried(long step) throws IOException {
    return carriesEstimates() && step > 0
        ? read(step, Table.CARRIED)
        : Table.CARRIED.of(spark, List.of());
  }

  /** Writes a table of the open step; gives the number of rows. */
  long write(Table<?> table, Dataset<Row> content) throws IOException {
    return write(0, table, content);
  }

  /** The same for one round of sampling. */
  long write(int round, Table<?> table, Dataset<Row> content) throws IOException {
    lock.orElseThrow().verifyHeld();
    return tables.write(open(), round, table, content);
  }

  /** Writes records that the driver holds as a table of the open step; gives their number. */
  <T extends Record> long write(int round, Table<T> table, List<T> records) throws IOException {
    lock.orElseThrow().verifyHeld();
    return tables.write(open(), round, table, records);
  }

  /**
   * Writes what a query makes of tables of the open step, which is the same in every step; gives
   * the number of rows.
   */
  long write(Table<?> table, List<Table<?>> sources, StepQueries.Query query) throws IOException {
    lock.orElseThrow().verifyHeld();
    return queries.write(open(), table, sources, query);
  }

  /** Collects what a query makes of tables of the open step, which is the same in every step. */
  List<Row> collect(String name, List<Table<?>> sources, StepQueries.Query query)
      throws IOException {
    return queries.collect(open(), name, sources, query);
  }

  /** Begins the tables of the open step, whose prompts are these. */
  void beginTables(List<PromptRow> prompts) {
    tables.begin(settings().heldBytes(prompts));
  }

  /** Whether the driver holds the rows of tables of so many bytes for the stages to come. */
  boolean holds(long bytes) {
    return tables.holds(bytes);
  }

  /**
   * Prompts of the next step, from the run's own order.
   *
   * @param drawn prompts that the step has drawn before
   * @param count prompts to draw
   */
  List<PromptRow> draw(int drawn, int count) throws IOException {
    return Prepare.draw(
        tables.read(Table.PROMPTS, folder.prompts()), order(), last.position(), drawn, count);
  }

  /**
   * Where the prompts of a round of sampling lie in the run's order.
   *
   * @param round 0 for the step's own
   */
  Rollout.Places places(int round) throws IOException {
    int drawn = 0;
    for (int before = 0; before < round; before++) {
      drawn += Math.toIntExact(tables.rows(open(), before, Table.PROMPTS));
    }
    return new Rollout.Places(
        Prepare.next(order(), last.position(), drawn), tables.rows(open(), round, Table.PROMPTS));
  }

  private PromptOrder order() {
    return new PromptOrder(examples, conf.run().seed(), conf.data().shuffle());
  }

  /** Size of the data set. */
  int examples() {
    return examples;
  }

  /** The place in the prompt order behind a step's last prompt, where the next step begins. */
  long positionAfter(long step) throws IOException {
    return Prepare.end(order(), last.position(), Math.toIntExact(tables.rows(step, Table.PROMPTS)));
  }

  /**
   * The policy that a committed step made.
   *
   * @throws InvalidInputException when a file of its checkpoint is missing or damaged
   */
  public PolicyRef policy(long step) throws IOException {
    Commit commit = step == last.step() ? last : folder.readCommit(step);
    if (verified.add(step)) {
      commit.verify(folder.fileSystem(), folder.checkpoint(step));
    }
    return policy(step, commit.checkpoint());
  }

  /** The policy in a step's checkpoint folder. */
  public PolicyRef policy(long step, List<StoredFile> slices) {
    return PolicyRef.of(
        hadoop, folder.checkpoint(step), slices, model.shape(), settings().precision(), step);
  }

  /** The learning rate of each update of the run. */
  LearningRate learningRate() {
    return settings().learningRate(totalUpdates);
  }

  /** Whether a step ends with an evaluation. */
  boolean evaluatesAfter(long step) {
    int every = conf.evaluate().every();
    return every > 0 && (step % every == 0 || step == conf.run().steps());
  }

  /**
   * The prompts of an evaluation set: those that were prepared when the run began, or for a set
   * that it did not have then, those of the set's file.
   */
  Dataset<Row> evaluationPrompts(EvaluationSet set) throws IOException {
    YamlText started = new YamlText(folder.config().toString(), folder.readConfig());
    boolean isPrepared =
        Configuration.load(List.of(started), List.of()).evaluationSets().stream()
            .anyMatch(set::hasSameExamples);
    return isPrepared
        ? tables.read(Table.PROMPTS, folder.evaluationPrompts(set.name()))
        : PromptFiles.read(spark, conf.forReading(set), model, set.paths()).prompts();
  }

  /** Where the run stands by the evaluations of its committed steps. */
  private Standing standing() throws IOException {
    if (standing == null) {
      standing = Standing.of(spark, folder, conf, last.step());
    }
    return standing;
  }

  /** Why the run is complete before its last step; empty where it goes on. */
  public Optional<String> end() throws IOException {
    return standing().end();
  }

  /** Which checkpoint the run keeps as its best, as a sentence; empty where it keeps none. */
  public Optional<String> best() throws IOException {
    return standing().bestSentence();
  }

  /**
   * Makes a step count, and lets go of checkpoints that need not be kept.
   *
   * @param position as {@link #positionAfter} gives it
   */
  void commit(long step, long position, List<StoredFile> checkpoint) throws IOException {
    lock.orElseThrow().verifyHeld();
    Commit commit =
        new Commit(
            step,
            last.configDigest(),
            changed,
            position,
            Map.of(),
            checkpoint,
            tables.rows(step, carriesEstimates()),
            TableEngine.of(spark),
            last.digest(),
            version);
    commit.write(folder.fileSystem(), folder.commit(step));
    last = commit;
    if (evaluatesAfter(step)) {
      standing = null;
    }
    verified.add(step);
    Set<Long> kept = new HashSet<>();
    if (objective().loss().needsReference()) {
      kept.add(0L);
    }
    standing().best().ifPresent(kept::add);
    Leftovers.removeDiscarded(folder);
    Leftovers.pruneCheckpoints(folder, conf.run().keepCheckpoints(), kept);
  }

  /**
   * Tells in the run's status file and in Spark's UI that a stage begins.
   *
   * @param work its size in words; empty where the name says all
   */
  void begin(long step, String stage, String work) throws IOException {
    status.begin(step, stage, work);
  }

  /** Tells in the status file that a command has ended well. */
  public void ended() throws IOException {
    Optional<String> end = end();
    boolean isComplete = end.isPresent() || last.step() >= conf.run().steps();
    status.end(
        last.step(),
        isComplete ? RunStatus.State.COMPLETE : RunStatus.State.WAITING,
        end.map(reason -> "The run is " + reason).orElse(null));
  }

  /** Tells in the status file how a command has ended that did not end well. */
  public void failed(RunStatus.State state, String message, int exitCode, boolean retryable)
      throws IOException {
    status.fail(state, message, exitCode, retryable);
  }

  @Override
  public void close() throws IOException {
    trackers.ifPresent(Trackers::close);
    hadoop.destroy();
    if (lock.isPresent()) {
      lock.get().close();
    }
  }
}
