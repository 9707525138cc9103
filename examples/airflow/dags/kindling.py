"""What the DAGs share: how Airflow gives Kindling's program to spark-submit, and what it takes back.

Settings are environment variables of the workers, so that a DAG has none of a site's paths:

  KINDLING_HOME        the checkout, or a folder with the same conf/ and jars (required)
  KINDLING_JAR         the program (default: pipeline/target/kindling-*.jar of KINDLING_HOME; may be a URI)
  KINDLING_PROPERTIES  properties file of Spark (default: conf/spark/local.conf of KINDLING_HOME)
  KINDLING_RUNS        folder or URI of all runs (default: runs)
  KINDLING_CONFIG      run file, a path or URI (default: none, so that conf/defaults.yaml and settings are all)
  KINDLING_DATA_FILES  data of an interval; {ds} is its date (required by train_run and train_loop)
  KINDLING_SETTINGS    further settings, each key=value, separated by blanks
  KINDLING_WAIT_LOCK   seconds that a command waits for another driver of its run (default: 600)
  KINDLING_RETRIES     and KINDLING_RETRY_SECONDS: retries of a task, and the pause before (default: 3, 60)
  KINDLING_DEPLOY_MODE client, or cluster where the connection's master has it (default: client)
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import timedelta
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import ObjectStoragePath
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

USERS_MISTAKE, LOCKED = 2, 4


def setting(name: str, default: str = "") -> str:
    return os.environ.get(f"KINDLING_{name}", default)


def home() -> Path:
    return Path(setting("HOME", "."))


def runs() -> str:
    return setting("RUNS", "runs").rstrip("/")


def run_name(run_id: str) -> str:
    """A run's name of any DAG run's id; ids that differ in what a folder cannot have stay different."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", run_id).strip("-._")[:80] or "run"
    return name if name == run_id else f"{name}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"


def properties() -> dict[str, str]:
    """The properties file that submit.sh reads, too."""
    file = Path(setting("PROPERTIES", str(home() / "conf/spark/local.conf")))
    lines = (line.strip() for line in file.read_text().splitlines())
    # A blank, = or : ends the key, as in Java.
    pairs = (re.split(r"\s*[\s=:]\s*", line, maxsplit=1) for line in lines if line and line[0] not in "#!")
    return {key: value for key, value in ((*pair, "")[:2] for pair in pairs)}


def conf() -> dict[str, str]:
    """The file's settings, its paths made absolute: a worker's folder is not the checkout."""
    of_checkout = re.compile(r"(?<![/\w])(udfs/target/|conf/spark/)")
    return {key: of_checkout.sub(lambda path: f"{home()}/{path[1]}", value) for key, value in properties().items()
            if key != "spark.master"}


def environment() -> dict[str, str]:
    """Local tasks run in the driver, so it has the environment that the file gives executors."""
    prefix = "spark.executorEnv."
    return {key.removeprefix(prefix): value for key, value in properties().items() if key.startswith(prefix)}


def jar() -> str:
    given = setting("JAR")
    return given or str(next(path for path in (home() / "pipeline/target").glob("kindling-[0-9]*.jar")))


def config() -> list[str]:
    return ["--config", setting("CONFIG")] if setting("CONFIG") else []


def settings() -> list[str]:
    pairs = [f"run.folder={runs()}", *setting("SETTINGS").split()]
    return [part for pair in pairs for part in ("--set", pair)]


class ByExitCode(RetryPolicy):
    """No retry of a mistake in input (2), a later one while another driver holds the run (4), else the task's own retries.

    Airflow before 3.3 has no retry policy. There, catch AirflowException in KindlingOperator.execute and raise
    AirflowFailException where `exit_code(failure) == 2`.
    """

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        code = exit_code(exception)
        if code == USERS_MISTAKE:
            return RetryDecision.fail("a mistake in input, which a retry cannot mend: the message stands in the log")
        if code == LOCKED:
            return RetryDecision.retry(timedelta(minutes=1), "another driver holds the run")
        return RetryDecision.retry(reason=f"exit code {code}: --resume goes on from the last commit")

    def serialize(self) -> dict:
        return {}

    @classmethod
    def deserialize(cls, data: dict) -> ByExitCode:
        return cls()


def exit_code(exception: BaseException) -> int | None:
    """Kindling's exit code as spark-submit's hook tells it, or the driver's message in cluster deploy mode."""
    found = re.search(r"[Ee]rror code is: (-?\d+)|exit code:? (\d+)", str(exception))
    return int(found[1] or found[2]) if found else None


class KindlingOperator(SparkSubmitOperator):
    """A command of Kindling. Its XCom is the run's status.json, its asset's event says what was committed.

    :param command: arguments of the program, templated; one that a template leaves empty is left out
    :param run: name of the run whose status is taken, templated; none for commands that write none
    """

    template_fields = (*SparkSubmitOperator.template_fields, "run")

    def __init__(self, *, command: list[str], run: str = "", **kwargs):
        mode = setting("DEPLOY_MODE", "client")
        super().__init__(
            application=jar(),
            java_class="dev.kindling.command.Main",
            application_args=command,
            name="kindling",
            conf=conf(),
            env_vars=environment() if mode == "client" else None,
            deploy_mode=mode if mode == "cluster" else None,
            # A worker that died finds the driver that goes on in the cluster, and waits for it.
            durable=mode == "cluster",
            spark_binary="spark-submit",
            retries=int(setting("RETRIES", "3")),
            retry_delay=timedelta(seconds=int(setting("RETRY_SECONDS", "60"))),
            retry_policy=ByExitCode(),
            **kwargs,
        )
        self.run = run

    def execute(self, context):
        self.application_args = [argument for argument in self.application_args if argument]
        super().execute(context)
        if not self.run:
            return None
        status = json.loads(read(self.run, "status.json"))
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = committed(self.run, status["step"])
        return status


def place(file: str) -> ObjectStoragePath:
    """A file among the runs, wherever these are."""
    folder = runs()
    return ObjectStoragePath(folder if "://" in folder else f"file://{Path(folder).resolve()}") / file


def read(run: str, file: str) -> str:
    """A small file of a run."""
    return place(f"{run}/{file}").read_text()


def figures(run: str, step: int) -> dict:
    """A step's line of metrics.jsonl, which may come a little later than its commit; empty until then."""
    lines = [json.loads(line) for line in read(run, "metrics.jsonl").splitlines()]
    return next((line for line in reversed(lines) if line["step"] == step), {})


def committed(run: str, step: int) -> dict:
    """A step's number, the digest of its commit, those of its checkpoint's files, and its figures."""
    commit = json.loads(read(run, f"step-{step:06d}/commit.json"))
    return {"run": run, "step": step, "commit": commit["sha256"],
            "checkpoint": [file["sha256"] for file in commit["checkpoint"]], "metrics": figures(run, step)}
