package dev.kindling;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds which package may use which, so that the way of the data can be read from the folders. */
class ImportRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.kindling");

  private static final String JDK = "java..";
  private static final String SPARK = "org.apache.spark..";
  private static final String SCALA = "scala..";
  private static final String HADOOP = "org.apache.hadoop..";
  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String LOG = "org.slf4j..";

  /** What each package may use besides the JDK and itself. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("dev.kindling.check", List.of()),
          Map.entry("dev.kindling.objective", List.of("dev.kindling.check")),
          Map.entry("dev.kindling.template", List.of()),
          Map.entry(
              "dev.kindling.conf",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.dataset",
                  "dev.kindling.engine.model",
                  "dev.kindling.engine.train",
                  "dev.kindling.objective",
                  JACKSON)),
          Map.entry(
              "dev.kindling.udf",
              List.of(
                  "dev.kindling.udf.math",
                  "dev.kindling.udf.worker",
                  "com.google.re2j..",
                  "dev.kindling.udf.re2j..",
                  JACKSON,
                  SPARK,
                  SCALA)),
          Map.entry("dev.kindling.udf.math", List.of("dev.kindling.udf")),
          Map.entry(
              "dev.kindling.udf.worker",
              List.of(
                  "dev.kindling.udf", "dev.kindling.udf.math", "org.apache.arrow..", SPARK, SCALA)),
          Map.entry(
              "dev.kindling.row",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.io",
                  "org.apache.parquet",
                  "org.apache.parquet.hadoop..",
                  JACKSON,
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.dataset", List.of("dev.kindling.check", "dev.kindling.row", JACKSON)),
          Map.entry(
              "dev.kindling.io",
              List.of(
                  "dev.kindling.check",
                  "com.github.luben.zstd",
                  "org.apache.commons.compress..",
                  JACKSON,
                  HADOOP,
                  LOG)),
          Map.entry(
              "dev.kindling.engine",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.objective",
                  "dev.kindling.io",
                  "dev.kindling.template",
                  "ai.djl..",
                  "com.google.gson..",
                  JACKSON)),
          Map.entry(
              "dev.kindling.pretrained",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.engine.model",
                  "dev.kindling.io",
                  JACKSON,
                  HADOOP)),
          Map.entry(
              "dev.kindling.report",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.engine.text",
                  "dev.kindling.io",
                  "dev.kindling.row",
                  JACKSON,
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.track",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.conf",
                  "dev.kindling.io",
                  "dev.kindling.row",
                  "com.codahale.metrics..",
                  JACKSON,
                  HADOOP,
                  SPARK,
                  SCALA,
                  LOG)),
          Map.entry(
              "dev.kindling.stage",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.dataset",
                  "dev.kindling.engine..",
                  "dev.kindling.io",
                  "dev.kindling.objective",
                  "dev.kindling.row",
                  "dev.kindling.udf",
                  "dev.kindling.udf.worker",
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.stage.read",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.dataset",
                  "dev.kindling.engine.text",
                  "dev.kindling.io",
                  "dev.kindling.row",
                  "dev.kindling.stage",
                  "dev.kindling.udf",
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.stage.weigh",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.objective",
                  "dev.kindling.row",
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.stage.step",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.engine..",
                  "dev.kindling.io",
                  "dev.kindling.objective",
                  "dev.kindling.row",
                  "dev.kindling.stage",
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.run",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.conf",
                  "dev.kindling.dataset",
                  "dev.kindling.engine..",
                  "dev.kindling.io",
                  "dev.kindling.objective",
                  "dev.kindling.pretrained",
                  "dev.kindling.row",
                  "dev.kindling.stage..",
                  "dev.kindling.track",
                  "dev.kindling.udf.worker",
                  "me.tongfei..",
                  HADOOP,
                  SPARK,
                  SCALA,
                  LOG)),
          Map.entry(
              "dev.kindling.bench",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.conf",
                  "dev.kindling.engine..",
                  "dev.kindling.io",
                  "dev.kindling.objective",
                  "dev.kindling.plan",
                  "dev.kindling.pretrained",
                  "dev.kindling.report",
                  "dev.kindling.row",
                  "dev.kindling.run",
                  "dev.kindling.stage..",
                  "dev.kindling.udf",
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.plan",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.conf",
                  "dev.kindling.engine.model",
                  "dev.kindling.engine.train",
                  "dev.kindling.objective")),
          Map.entry(
              "dev.kindling.theory",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.engine..",
                  "dev.kindling.objective",
                  "dev.kindling.report",
                  "dev.kindling.row",
                  "dev.kindling.stage.weigh",
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.command",
              List.of(
                  "dev.kindling..",
                  "picocli..",
                  HADOOP,
                  SPARK,
                  SCALA,
                  LOG,
                  "org.apache.logging..",
                  "org.apache.parquet.io..")));

  /** What stages share; every other class of these packages is a stage. */
  private static final Map<String, Set<String>> SHARED =
      Map.of(
          "dev.kindling.stage",
          Set.of(
              "Bootstrap",
              "ExampleFigures",
              "Metric",
              "Natives",
              "PolicyRef",
              "PromptOrder",
              "SharedCache",
              "SqlVerifiers",
              "TaskDevice",
              "TokenizerRef",
              "VerifierNames",
              "Votes",
              "WholeGpu"),
          "dev.kindling.stage.read",
          Set.of("CandidateRow", "Candidates", "Layout", "SourceRow", "TableSource", "RecordFiles"),
          "dev.kindling.stage.weigh",
          Set.of(
              "BatchSettings",
              "CarriedEstimates",
              "CompiledSql",
              "Examples",
              "ListedSamples",
              "Packing",
              "SampleLayout",
              "SampleSql",
              "WrittenSamples"),
          "dev.kindling.stage.step",
          Set.of(
              "BatchMarks",
              "FiniteGuard",
              "GradientSlices",
              "MismatchGate",
              "ShardSequences",
              "ShardedBatches",
              "TokenMarks",
              "TrainingPolicies"));

  @Test
  void everyPackageUsesOnlyWhatTheDesignAllows() {
    MAY_USE.forEach(
        (home, allowed) -> {
          List<String> packages = new ArrayList<>(allowed);
          packages.add(JDK);
          packages.addAll(rooms(home));
          classes()
              .that()
              .resideInAnyPackage(rooms(home).toArray(new String[0]))
              .should()
              .onlyDependOnClassesThat(resideInAnyPackage(packages.toArray(new String[0])))
              .check(CLASSES);
        });
  }

  /** The package and those in it that have no rule of their own. */
  private static List<String> rooms(String home) {
    return CLASSES.stream()
        .map(JavaClass::getPackageName)
        .distinct()
        .filter(
            name ->
                name.equals(home) || (name.startsWith(home + ".") && !MAY_USE.containsKey(name)))
        .toList();
  }

  @Test
  void everyPackageHasARule() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct())
        .allMatch(
            name ->
                MAY_USE.keySet().stream().anyMatch(home -> (name + ".").startsWith(home + ".")));
  }

  @Test
  void noStageKnowsAnotherStage() {
    classes()
        .that()
        .resideInAPackage("dev.kindling.stage..")
        .should(
            new ArchCondition<JavaClass>("not use another stage") {
              @Override
              public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                    .filter(d -> isStage(d.getTargetClass()))
                    .filter(d -> !topLevel(d.getTargetClass()).equals(topLevel(from)))
                    .forEach(
                        d -> events.add(SimpleConditionEvent.violated(from, d.getDescription())));
              }
            })
        .check(CLASSES);
  }

  private static boolean isStage(JavaClass type) {
    String home = type.getPackageName();
    return SHARED.containsKey(home) && !SHARED.get(home).contains(topLevel(type));
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("^.*\\.", "").replaceFirst("\\$.*$", "");
  }
}
