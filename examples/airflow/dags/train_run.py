"""A run for each interval's data, by one spark-submit.

`--resume` is always given: it starts the run where there is none, and goes on from the last commit where there is
one. So a retry, a cleared task and a backfill end in the same bytes as one undisturbed run.
"""

from __future__ import annotations

from datetime import datetime

from kindling import KindlingOperator, config, setting, settings

from airflow.sdk import DAG, Asset

POLICY = Asset("kindling-policy", uri="kindling://policy")

with DAG(
    "kindling_train_run",
    schedule="@daily",
    start_date=datetime(2026, 11, 1),
    catchup=False,
    doc_md=__doc__,
    tags=["kindling"],
) as dag:
    # The date, and not the DAG run's id: a second DAG run of a date goes on with the first one's run.
    name = "policy-{{ ds }}"
    KindlingOperator(
        task_id="train",
        run=name,
        command=[
            "train",
            *config(),
            "--data", setting("DATA_FILES").replace("{ds}", "{{ ds }}"),
            "--name", name,
            *settings(),
            "--resume",
            # Another driver of the same run is waited for as long as a worker may be kept.
            "--wait-lock", setting("WAIT_LOCK", "600"),
        ],
        outlets=[POLICY],
    )
