package dev.kindling;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

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
          Map.entry(
              "dev.kindling.conf",
              List.of("dev.kindling.check", "dev.kindling.objective", JACKSON)),
          Map.entry("dev.kindling.row", List.of("dev.kindling.check", SPARK, SCALA)),
          Map.entry(
              "dev.kindling.dataset", List.of("dev.kindling.check", "dev.kindling.row", JACKSON)),
          Map.entry("dev.kindling.io", List.of("dev.kindling.check", JACKSON, HADOOP, LOG)),
          Map.entry(
              "dev.kindling.engine",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.objective",
                  "dev.kindling.io",
                  "ai.djl..",
                  "com.google.gson..",
                  "com.hubspot.jinjava..",
                  "jinjava..",
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
                  "dev.kindling.io",
                  "dev.kindling.row",
                  JACKSON,
                  HADOOP,
                  SPARK,
                  SCALA)),
          Map.entry(
              "dev.kindling.bench",
              List.of(
                  "dev.kindling.check",
                  "dev.kindling.engine..",
                  "dev.kindling.io",
                  "dev.kindling.objective",
                  "dev.kindling.pretrained",
                  "dev.kindling.report",
                  "dev.kindling.row",
                  "dev.kindling.stage",
                  HADOOP,
                  SPARK,
                  SCALA)),
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
                  HADOOP,
                  SPARK,
                  SCALA)));

  @Test
  void everyPackageUsesOnlyWhatTheDesignAllows() {
    MAY_USE.forEach(
        (home, allowed) -> {
          List<String> packages = new ArrayList<>(allowed);
          packages.add(JDK);
          packages.add(home + "..");
          classes()
              .that()
              .resideInAPackage(home + "..")
              .should()
              .onlyDependOnClassesThat(resideInAnyPackage(packages.toArray(new String[0])))
              .check(CLASSES);
        });
  }

  @Test
  void noStageKnowsAnotherStage() {
    List<String> stages =
        List.of(
            "Prepare", "Rollout", "Given", "Score", "Weigh", "Batch", "GradientStep", "Evaluate");
    classes()
        .that()
        .resideInAPackage("dev.kindling.stage")
        .should(
            new ArchCondition<JavaClass>("not use another stage") {
              @Override
              public void check(JavaClass from, ConditionEvents events) {
                String own = topLevel(from);
                if (stages.contains(own)) {
                  from.getDirectDependenciesFromSelf().stream()
                      .filter(
                          d -> d.getTargetClass().getPackageName().equals(from.getPackageName()))
                      .filter(d -> !topLevel(d.getTargetClass()).equals(own))
                      .filter(d -> stages.contains(topLevel(d.getTargetClass())))
                      .forEach(
                          d -> events.add(SimpleConditionEvent.violated(from, d.getDescription())));
                }
              }
            })
        .check(CLASSES);
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("^.*\\.", "").replaceFirst("\\$.*$", "");
  }
}
