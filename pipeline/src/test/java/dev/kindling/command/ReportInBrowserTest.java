package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.report.Arm;
import dev.kindling.report.Passage;
import dev.kindling.report.ReportData;
import dev.kindling.report.ReportPage;
import dev.kindling.report.SampledRollout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The report of three runs as a person sees it: in a browser, which is the Chromium and the
 * chromedriver of Debian's packages. Two of the runs have the same settings, so the same curves.
 */
class ReportInBrowserTest {
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  // Of the first chart those that are as good as a colour.
  private static final String PIXELS =
      """
      (() => {
        const canvas = document.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const wanted = arguments[0].split(",").map(Number);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) {
          count += data[i + 3] > 200 && wanted.every((part, k) => Math.abs(part - data[i + k]) < 30) ? 1 : 0;
        }
        return count;
      })()""";

  @TempDir static Path temporary;
  private static Path report;
  private static ChromeDriver browser;

  @BeforeAll
  static void makeTheReportAndStartTheBrowser() throws Exception {
    assumeTrue(Files.isExecutable(DRIVER) && Files.isExecutable(CHROMIUM), DRIVER + " is missing");
    SmallRun.spark();
    Path heldOut = temporary.resolve("held-out.jsonl");
    Files.write(heldOut, new ArithmeticProblems(2).task(3, true));
    for (String name : List.of("one", "same", "other")) {
      SmallRun.train(
          SmallRun.settings(
              temporary,
              name,
              "data.eval_path=" + heldOut,
              "evaluate.every=1",
              "run.seed=" + (name.equals("other") ? 8 : 7)),
          false);
    }
    report = temporary.resolve("report.html");
    CommandResult.ok(
        "report",
        temporary.resolve("one").toString(),
        temporary.resolve("same").toString(),
        temporary.resolve("other").toString(),
        "--out",
        report.toString());
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--hide-scrollbars");
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
  }

  @AfterAll
  static void endTheBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  private static void open(Path page, int width, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    // Else it would be the same page again, with what was chosen there.
    browser.get("about:blank");
    browser.get(page.toUri().toString());
  }

  /** Nothing went wrong in the page's scripts, and nothing but the page itself was asked for. */
  private static void isQuietAndAlone() {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .filteredOn(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .isEmpty();
    assertThat(browser.manage().logs().get(LogType.PERFORMANCE).getAll())
        .extracting(LogEntry::getMessage)
        .filteredOn(message -> message.contains("\"Network.requestWillBeSent\""))
        .isNotEmpty()
        .allMatch(
            message -> message.matches("(?s).*\"request\":\\{.*?\"url\":\"(file|data|about):.*"));
  }

  private static Object ask(String script, Object... arguments) {
    return browser.executeScript("return " + script, arguments);
  }

  private static List<WebElement> all(String selector) {
    return browser.findElements(By.cssSelector(selector));
  }

  private static List<String> texts(String selector) {
    return all(selector).stream().map(WebElement::getText).toList();
  }

  private static void click(String selector) {
    browser.findElement(By.cssSelector(selector)).click();
  }

  private static void choose(String filter, String value) {
    click("[name=%s] option[value='%s']".formatted(filter, value));
  }

  @ParameterizedTest
  @CsvSource({"400,light", "400,dark", "1600,light", "1600,dark"})
  void thePageFitsIsQuietAndFollowsTheScheme(int width, String scheme) {
    open(report, width, scheme);
    assertThat((Long) ask("document.scrollingElement.scrollWidth")).isEqualTo(width);
    assertThat(ask("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(scheme.equals("dark") ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)");
    // The rollouts' filters change the page; it fits with every look of the tokens.
    for (String look : List.of("logProbs", "coefs")) {
      choose("tokens", look);
      assertThat((Long) ask("document.scrollingElement.scrollWidth")).isEqualTo(width);
    }
    assertThat(
            (List<?>)
                ask(
                    "[...document.querySelectorAll('canvas')].map(c => Chart.getChart(c)"
                        + ".data.datasets.length)"))
        .hasSizeGreaterThan(40)
        .allMatch(lines -> (Long) lines > 0);
    isQuietAndAlone();
  }

  @Test
  void curvesThatAreTheSameAreBothSeen() {
    open(report, 1600, "light");
    assertThat(texts("figure.large figcaption p"))
        .allMatch(words -> words.contains("On the same course, striped in turn: one, same"));
    for (String colour : List.of("0, 114, 178", "213, 94, 0")) {
      assertThat((Long) ask(PIXELS, colour)).as("pixels of " + colour).isGreaterThan(100);
    }
  }

  @Test
  void evaluationsBeginAtStep0WithTheirIntervals() {
    open(report, 1600, "light");
    assertThat(
            ask(
                "Chart.getChart(document.querySelector('canvas')).data.datasets[0].data"
                    + ".map(p => p.x).join()"))
        .isEqualTo("0,1,2,3");
    assertThat(
            (Boolean)
                ask(
                    "Chart.getChart(document.querySelector('canvas')).data.datasets[0].data"
                        + ".every(p => p.low <= p.y && p.y <= p.high)"))
        .isTrue();
    assertThat(texts("table.differences tr"))
        .containsExactly("Setting one same other", "run.seed 7 7 8");
  }

  @Test
  void anArmIsHiddenAndShownInAllCharts() {
    open(report, 1600, "light");
    String shown =
        "[...document.querySelectorAll('canvas')].map(c => Chart.getChart(c)).filter(c =>"
            + " c.data.datasets.some((d, i) => d.arm === 2 && c.isDatasetVisible(i))).length";
    long before = (Long) ask(shown);
    assertThat(before).isGreaterThan(30);
    click(".legend [data-arm='2']");
    assertThat(ask(shown)).isEqualTo(0L);
    browser.navigate().refresh();
    assertThat(ask(shown)).as("after loading the page again").isEqualTo(0L);
    click(".legend [data-arm='2']");
    assertThat(ask(shown)).isEqualTo(before);
    isQuietAndAlone();
  }

  @Test
  void rolloutsAreFilteredByArmStepVerdictAndExample() {
    open(report, 1600, "light");
    choose("arm", "2");
    choose("step", "2");
    assertThat(texts(".rollout header > :nth-child(1)")).isNotEmpty().containsOnly("other");
    assertThat(texts(".rollout header > :nth-child(2)")).containsOnly("step 2");
    String verdict = texts(".rollout .verdict").get(0);
    choose("verdict", verdict);
    assertThat(texts(".rollout .verdict")).isNotEmpty().containsOnly(verdict);
    String id = texts(".rollout .id").get(0);
    String example = id.substring(0, id.indexOf(" #"));
    browser.findElement(By.name("example")).sendKeys(example);
    assertThat(texts(".rollout .id")).isNotEmpty().allMatch(of -> of.startsWith(example + " #"));
    browser.findElement(By.name("example")).sendKeys(" and none");
    assertThat(all(".rollout")).isEmpty();
    assertThat(texts("#shown").get(0)).startsWith("None of ");
    isQuietAndAlone();
  }

  @Test
  void rolloutsAreTurnedOverAndStayWhenThePageIsLoadedAgain() {
    open(report, 1600, "light");
    assertThat(texts("#shown").get(0)).startsWith("1 to 10 of ");
    List<String> first = texts(".rollout .id");
    click("#next");
    assertThat(texts("#shown").get(0)).startsWith("11 to ");
    assertThat(texts(".rollout .id")).isNotEqualTo(first);
    choose("step", "3");
    click("[name=tokens] option[value=coefs]");
    browser.navigate().refresh();
    assertThat(texts(".rollout header > :nth-child(2)")).containsOnly("step 3");
    assertThat(all(".token")).isNotEmpty();
    isQuietAndAlone();
  }

  @Test
  void aTokenIsColouredAndTellsItsNumbers() {
    open(report, 400, "dark");
    assertThat(all(".token")).isEmpty();
    choose("tokens", "logProbs");
    assertThat(all(".token[style*=colour-1]")).isNotEmpty();
    click(".token");
    assertThat(texts(".told").get(0))
        .matches("\"(?s).*\", log-prob -?[0-9.e-]+ \\([0-9.e-]+ %\\), (no )?coefficient.*");
    choose("tokens", "coefs");
    assertThat(all(".token[style*=colour]")).isNotEmpty();
    choose("tokens", "");
    assertThat(all(".token")).isEmpty();
    isQuietAndAlone();
  }

  @Test
  void whatAPolicySaysIsTextAndWithoutATokenizerThePageSaysSo() throws Exception {
    String hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    Passage passage = new Passage(hostile, List.of(), new double[0], new double[0]);
    SampledRollout rollout =
        new SampledRollout(1, hostile, 0, hostile, passage, passage, passage, hostile, hostile, -1);
    SampledRollout right =
        new SampledRollout(1, "b", 0, "", passage, passage, passage, "CORRECT", "", 0);
    Arm arm = new Arm("a", "", List.of(), List.of(), List.of(rollout, right), "seed: 17\n");
    Path page = temporary.resolve("hostile.html");
    Files.writeString(
        page, ReportPage.render(new ReportData("t", "f", List.of(arm), "v", "d", true)));
    open(page, 400, "light");
    choose("verdict", "CORRECT");
    assertThat(texts(".verdict")).containsExactly("CORRECT");
    choose("verdict", "");
    assertThat(texts(".verdict")).containsExactly(hostile, "CORRECT");
    browser.findElement(By.name("example")).sendKeys("<IMG");
    assertThat(texts(".passage")).hasSize(4).containsOnly(hostile);
    assertThat(texts(".verdict")).containsExactly(hostile);
    assertThat(all("#list img, #list script")).isEmpty();
    choose("tokens", "logProbs");
    assertThat(texts("#scale").get(0)).contains("has no tokenizer");
    assertThat((Long) ask("document.scrollingElement.scrollWidth")).isEqualTo(400);
    isQuietAndAlone();
  }
}
