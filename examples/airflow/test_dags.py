"""The DAGs, run by dag.test() on the real Airflow, the real spark-submit and the jar that was built."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1]
FOLDER = Path(tempfile.mkdtemp(prefix="kindling-airflow-"))
SETTINGS = (f"run.steps=2 run.keep_checkpoints=1 data.format=jsonl evaluate.every=0 data.eval_path={FOLDER}/held-out.jsonl sampler.prompts_per_step=4 sampler.samples=4 "
            "sampler.thinking_tokens=4 sampler.answer_tokens=4")

pyspark = Path(next(p for p in sys.path if (Path(p) / "pyspark/bin/spark-submit").exists())) / "pyspark"
os.environ.update({
    "AIRFLOW_HOME": str(FOLDER / "airflow"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(HERE / "dags"),
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps({"conn_type": "spark", "host": "local[2]"}),
    "SPARK_HOME": str(pyspark),
    "PATH": f"{pyspark / 'bin'}:{os.environ['PATH']}",
    "PYSPARK_PYTHON": sys.executable,
    "KINDLING_HOME": str(HOME),
    "KINDLING_RUNS": str(FOLDER / "runs"),
    "KINDLING_CONFIG": str(HOME / "conf/tiny.yaml"),
    "KINDLING_DATA_FILES": str(FOLDER / "data-{ds}.jsonl"),
    "KINDLING_SETTINGS": SETTINGS,
    "KINDLING_LOOP_STEPS": "2",
    "KINDLING_LOOP_METRIC": "step",
    "KINDLING_LOOP_GOAL": "1",
    "KINDLING_WAIT_LOCK": "60",
    "KINDLING_RETRY_SECONDS": "1",
})
sys.path.insert(0, str(HERE / "dags"))
subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
for pool in ("kindling_rollouts", "kindling_steps"):
    subprocess.run([sys.executable, "-m", "airflow", "pools", "set", pool, "1", "test"], check=True, capture_output=True)

import kindling  # noqa: E402
import promote  # noqa: E402
import train_loop  # noqa: E402
import train_run  # noqa: E402
from airflow.sdk.definitions.retry_policy import RetryAction  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def folder():
    for day in range(1, 5):
        lines = [json.dumps({"id": f"p{i}", "prompt": f"{i}+1=", "answer": str(i + 1)}) for i in range(10, 26)]
        (FOLDER / f"data-2026-11-0{day}.jsonl").write_text("\n".join(lines) + "\n")
    (FOLDER / "held-out.jsonl").write_text("\n".join(lines[:4]) + "\n")
    yield
    shutil.rmtree(FOLDER, ignore_errors=True)


def on(day):
    return datetime(2026, 11, day, tzinfo=timezone.utc)


def states(dag_run):
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def checkpoint(run):
    commit = (FOLDER / "runs" / run / "step-000002/commit.json").read_text()
    return [file["sha256"] for file in json.loads(commit)["checkpoint"]]


def reloaded(module, **environment):
    """A DAG as the scheduler would parse it with other variables."""
    import importlib

    before = dict(os.environ)
    os.environ.update(environment)
    try:
        importlib.reload(module)
        return module.dag
    finally:
        os.environ.clear()
        os.environ.update(before)


def train(day):
    return train_run.dag.test(logical_date=on(day), run_after=on(day))


def when_committed(run, step, act, result):
    """Acts on the driver's process once a step is committed."""
    commit = FOLDER / f"runs/{run}/step-{step:06d}/commit.json"

    def watch():
        for _ in range(1200):
            if commit.exists():
                result.append(act(json.loads((FOLDER / f"runs/{run}/status.json").read_text())["pid"]))
                return
            time.sleep(0.1)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_a_run_for_a_date_is_green_and_tells_its_status_and_what_it_committed():
    done = train(1)
    assert states(done) == {"train": "success"}
    status = done.get_task_instance("train").xcom_pull(task_ids="train")
    assert (status["state"], status["step"], status["exit_code"]) == ("COMPLETE", 2, 0)
    event = kindling.committed("policy-2026-11-01", 2)
    assert event["checkpoint"] == checkpoint("policy-2026-11-01")
    assert event["metrics"]["step"] == 2


def test_the_same_date_again_and_a_cleared_task_change_nothing():
    before = {file: file.read_bytes() for file in (FOLDER / "runs/policy-2026-11-01").rglob("*.parquet")}
    for _ in range(2):
        assert states(train(1)) == {"train": "success"}
    assert {file: file.read_bytes() for file in (FOLDER / "runs/policy-2026-11-01").rglob("*.parquet")} == before


def test_a_driver_that_is_killed_is_retried_and_ends_with_the_same_checkpoint():
    killed = []
    watcher = when_committed("policy-2026-11-02", 1, lambda pid: os.kill(pid, signal.SIGKILL), killed)
    done = train(2)
    watcher.join()
    assert killed == [None]
    assert states(done) == {"train": "success"}
    assert done.get_task_instance("train").try_number == 2
    assert checkpoint("policy-2026-11-02") == checkpoint("policy-2026-11-01")


def test_exit_code_3_of_a_driver_that_was_asked_to_stop_is_retried():
    stopped = []
    watcher = when_committed("policy-2026-11-03", 1, lambda pid: os.kill(pid, signal.SIGTERM), stopped)
    done = train(3)
    watcher.join()
    assert stopped == [None]
    assert states(done) == {"train": "success"}
    assert done.get_task_instance("train").try_number == 2
    assert checkpoint("policy-2026-11-03") == checkpoint("policy-2026-11-01")


def test_two_dag_runs_at_once_on_one_run_end_with_its_bytes():
    script = ("import sys; sys.path.insert(0, sys.argv[1]); import train_run; from datetime import datetime, timezone; "
              "day = datetime(2026, 11, 4, tzinfo=timezone.utc); run = train_run.dag.test(logical_date=day, run_after=day); "
              "sys.exit(0 if str(run.state) == 'success' else 1)")
    home = FOLDER / "second airflow"
    shutil.copytree(FOLDER / "airflow", home)
    with subprocess.Popen([sys.executable, "-c", script, str(HERE / "dags")], env={**os.environ, "AIRFLOW_HOME": str(home)},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as second:
        assert states(train(4)) == {"train": "success"}
        said, _ = second.communicate(timeout=300)
    assert second.returncode == 0, said[-3000:]
    assert checkpoint("policy-2026-11-04") == checkpoint("policy-2026-11-01")


def test_a_mistake_in_input_fails_at_once_and_a_server_that_does_not_answer_after_its_retries():
    dag = reloaded(train_run, KINDLING_SETTINGS=f"{SETTINGS} sampler.samples=0")
    done = dag.test(logical_date=on(1), run_after=on(1))
    assert states(done) == {"train": "failed"}
    assert done.get_task_instance("train").try_number == 1
    dag = reloaded(train_run, KINDLING_RUNS="hdfs://127.0.0.1:9/runs", KINDLING_RETRIES="1", KINDLING_RETRY_SECONDS="0")
    done = dag.test(logical_date=on(2), run_after=on(2))
    assert states(done) == {"train": "failed"}
    assert done.get_task_instance("train").try_number == 2
    reloaded(train_run)


def test_exit_codes_are_read_from_what_the_hook_says_and_decide_of_retries():
    decide = kindling.ByExitCode().evaluate
    said = "Cannot execute: spark-submit --master local. Error code is: %d."
    assert decide(RuntimeError(said % 2), 1, 3).action is RetryAction.FAIL
    assert decide(RuntimeError("driver failed: exit code 2: Invalid sampler.samples"), 1, 3).action is RetryAction.FAIL
    for code in (1, 3, 4, 137, -9):
        assert decide(RuntimeError(said % code), 1, 3).action is RetryAction.RETRY
    assert decide(RuntimeError(said % 4), 1, 3).retry_delay.total_seconds() == 60


def test_any_id_of_a_dag_run_is_a_name_and_different_ids_have_different_names():
    ids = ["manual__2026-11-01T00:00:00+00:00", "manual__2026-11-01T00:00:00-00:00", "scheduled/é 1", "..", "a" * 300]
    names = [kindling.run_name(of) for of in ids]
    assert len(set(names)) == len(ids)
    assert all(re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name) for name in names), names
    assert kindling.run_name("policy-2026-11-01") == "policy-2026-11-01"


def test_the_loop_takes_its_stages_one_by_one_and_stops_at_the_goal():
    done = train_loop.dag.test(logical_date=on(1), run_after=on(1))
    of = states(done)
    assert [of[f"step_001.{task}"] for task in ("prepare", "rollout", "score_to_batch", "step", "goes_on")] == ["success"] * 5
    # The metric is the step's number and the goal 1, so that the second step is skipped.
    assert {of[f"step_002.{task}"] for task in ("prepare", "rollout", "score_to_batch", "step", "goes_on")} == {"skipped"}
    assert {str(task.pool) for task in train_loop.dag.tasks if "rollout" in task.task_id} == {"kindling_rollouts"}
    run = kindling.run_name(done.run_id)
    loop, whole = (FOLDER / "runs" / name / "step-000001/commit.json" for name in (run, "policy-2026-11-01"))
    assert json.loads(loop.read_text())["checkpoint"] == json.loads(whole.read_text())["checkpoint"]


def test_what_a_run_committed_is_the_event_that_promote_is_scheduled_on():
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session

    with create_session() as session:
        extras = [event.extra for event in session.query(AssetEvent)]
    assert {"policy-2026-11-01", "policy-2026-11-02"} <= {extra["run"] for extra in extras}
    assert all(extra["step"] == 2 and extra["checkpoint"] == checkpoint("policy-2026-11-01") for extra in extras)


def promoted(day, **asked):
    done = promote.dag.test(run_after=on(day), run_conf=asked)
    return states(done), done.get_task_instance("choose").xcom_pull(task_ids="choose")["against"]


def test_a_policy_that_is_not_better_is_kept_out_and_one_that_is_becomes_the_one_in_use():
    taken = {"choose": "success", "evaluate": "success", "is_better": "success", "export": "success", "take": "success"}
    first, second = ({"run": f"policy-2026-11-0{day}", "step": 2} for day in (1, 2))
    # No policy is in use: the first one is. The same once more is compared with itself, and is not better.
    assert promoted(1, **first) == (taken, "")
    assert json.loads((FOLDER / "runs/promoted.json").read_text()) == first
    assert (FOLDER / "runs/exported/policy-2026-11-01/step-2/config.json").exists()
    own = f"{FOLDER}/runs/policy-2026-11-01@2"
    assert promoted(2, **second) == ({**taken, "export": "skipped", "take": "skipped"}, own)
    assert json.loads((FOLDER / "runs/promoted.json").read_text()) == first
    # With a bound that it passes it is taken, and may be twice.
    reloaded(promote, KINDLING_PROMOTE_ABOVE="-1")
    assert promoted(3, **second) == (taken, own)
    assert promoted(4, **second) == (taken, own.replace("-01@", "-02@"))
    assert json.loads((FOLDER / "runs/promoted.json").read_text()) == second


def test_keys_of_a_properties_file_end_as_in_java(tmp_path):
    file = tmp_path / "spark.conf"
    file.write_text("# a\n! b\nspark.a   1 2\nspark.b=-Dx=y\nspark.c : d\nspark.e\n")
    os.environ["KINDLING_PROPERTIES"] = str(file)
    try:
        assert kindling.properties() == {"spark.a": "1 2", "spark.b": "-Dx=y", "spark.c": "d", "spark.e": ""}
    finally:
        del os.environ["KINDLING_PROPERTIES"]
