"""Promotes a new policy where it is better than the one in use, by the interval of the difference.

Scheduled by the asset that train_run updates; its event names the run. Both policies answer the same held-out
examples; the new one is exported to `exported/RUN/step-N` where the 95 % interval of the difference lies above
KINDLING_PROMOTE_ABOVE (0), else the old one is kept and the log says why. By hand it takes {"run": NAME, "step": N}.
The policy in use is named by `promoted.json` beside the runs. Where there is none, the new one is evaluated alone and
taken: write that file by hand to begin with another.
"""

from __future__ import annotations

import json
from datetime import datetime

from kindling import KindlingOperator, place, read, runs, setting
from train_run import POLICY

from airflow.sdk import DAG, task

METRIC = setting("PROMOTE_METRIC", "pass@1")
ABOVE = float(setting("PROMOTE_ABOVE", "0"))
IN_USE = "promoted.json"

with DAG(
    "kindling_promote",
    schedule=[POLICY],
    start_date=datetime(2026, 11, 1),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["kindling"],
) as dag:

    @task(multiple_outputs=True)
    def choose(dag_run=None, triggering_asset_events=None) -> dict:
        """The newest run of the events, or that of a trigger by hand, and the policy in use, which may be none."""
        events = [event for events in (triggering_asset_events or {}).values() for event in events]
        new = events[-1].extra if events else dag_run.conf
        in_use = json.loads(place(IN_USE).read_text()) if place(IN_USE).exists() else None
        return {"run": new["run"], "step": new["step"],
                "against": f"{runs()}/{in_use['run']}@{in_use['step']}" if in_use else ""}

    chosen = choose()
    run, step = "{{ ti.xcom_pull('choose')['run'] }}", "{{ ti.xcom_pull('choose')['step'] }}"
    against = "{% set of = ti.xcom_pull('choose')['against'] %}{{ '--against=' ~ of if of else '' }}"
    evaluate = KindlingOperator(
        task_id="evaluate",
        command=["evaluate", "--run", f"{runs()}/{run}", "--step", step, against],
    )

    @task.short_circuit
    def is_better(run: str, step: int, against: str) -> bool:
        """The gate: the interval of the difference on the first set lies above a bound."""
        if not against:
            print(f"Promoted: no policy is in use, so step {step} of {run} is the first")
            return True
        comparison = json.loads(read(run, f"evaluations-asked/step-{step:06d}/comparison.json"))
        name, first = next(iter(comparison["sets"].items()))
        found = next(row for row in first["differences"] if row["metric"] == METRIC and row["level"] == "")
        verdict = found["low"] > ABOVE
        print(f"{'Promoted' if verdict else 'Kept the old one'}: {METRIC} on {name} is {found['value']:.3f} against "
              f"{found['against']:.3f} of {comparison['against']}, difference {found['difference']:+.3f} "
              f"(95 % interval {found['low']:+.3f} to {found['high']:+.3f}, {found['examples']} examples)")
        return verdict

    export = KindlingOperator(
        task_id="export",
        command=["export", f"{runs()}/{run}", "--step", step, "--to", f"{runs()}/exported/{run}/step-{step}"],
    )

    @task
    def take(run: str, step: int) -> None:
        place(IN_USE).write_text(json.dumps({"run": run, "step": step}))

    gate = is_better(chosen["run"], chosen["step"], chosen["against"])
    chosen >> evaluate >> gate >> export >> take(chosen["run"], chosen["step"])
