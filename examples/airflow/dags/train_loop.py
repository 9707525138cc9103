"""Each stage of each step as a task of its own, until a metric is reached.

Rollouts and gradient steps queue in two pools, so that they can have machines of their own and none waits for the
other's: `airflow pools set kindling_rollouts 4 ''`, `airflow pools set kindling_steps 1 ''`. The stages between
cost seconds and run in one application. A stage may be repeated: one that is done says so and ends well.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kindling import KindlingOperator, config, figures, run_name, runs, setting, settings

from airflow.sdk import DAG, TaskGroup, task

STEPS = int(setting("LOOP_STEPS", "20"))
METRIC = setting("LOOP_METRIC", "reward")
GOAL = float(setting("LOOP_GOAL", "0.9"))

with DAG(
    "kindling_train_loop",
    schedule=None,
    start_date=datetime(2026, 11, 1),
    doc_md=__doc__,
    tags=["kindling"],
    user_defined_macros={"run_name": run_name},
) as dag:
    name = "{{ run_name(dag_run.run_id) }}"
    folder = f"{runs()}/{name}"

    def stage(task_id: str, first: str, last: str, step: int, pool: str) -> KindlingOperator:
        of_run = ["--run", folder]
        if first == "prepare":
            of_run = [
                *config(),
                "--data", setting("DATA_FILES").replace("{ds}", "{{ dag_run.run_after | ds }}"),
                "--name", name,
                *settings(),
            ]
        return KindlingOperator(
            task_id=task_id,
            run=name,
            command=["stages", f"{first}..{last}", "--step", str(step), *of_run, "--wait-lock", setting("WAIT_LOCK", "600")],
            pool=pool,
        )

    @task.short_circuit(ignore_downstream_trigger_rules=True, retries=3, retry_delay=timedelta(seconds=10))
    def goes_on(run: str, step: int) -> bool:
        """Whether the metric is still below its goal; what follows is skipped where it is not."""
        line = figures(run, step)
        if METRIC not in line:
            raise ValueError(f"No {METRIC} of step {step} in {runs()}/{run}/metrics.jsonl: it has {', '.join(line) or 'nothing'}")
        print(f"{METRIC} of step {step}: {line[METRIC]} (goal: {GOAL})")
        return line[METRIC] < GOAL

    before = None
    for step in range(1, STEPS + 1):
        with TaskGroup(f"step_{step:03d}") as group:
            prepare = stage("prepare", "prepare", "prepare", step, "default_pool")
            rollout = stage("rollout", "rollout", "rollout", step, "kindling_rollouts")
            weigh = stage("score_to_batch", "score", "batch", step, "default_pool")
            update = stage("step", "step", "step", step, "kindling_steps")
            prepare >> rollout >> weigh >> update >> goes_on.override(task_id="goes_on")(name, step)
        if before is not None:
            before >> group
        before = group
