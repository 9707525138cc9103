"""What .ci/spark-versions does in one Spark session: two steps, all that follows from them, and SQL.

Prints one line, which is the same on every Spark and Java. Arguments: none; files are made in the
working directory, and commands are run in this very process, so that it takes one Java start.
"""

import hashlib
import json
import sys

from pyspark.sql import SparkSession

SETTINGS = {
    "run.seed": 7,
    "run.folder": "runs",
    "run.keep_checkpoints": 0,
    "model.tokenizer": "characters:0123456789+-=;?:<_>acd",
    "model.hidden": 16,
    "model.layers": 2,
    "model.heads": 2,
    "model.kv_heads": 1,
    "model.head_dim": 8,
    "model.intermediate": 24,
    "model.max_positions": 32,
    "model.init_std": 0.3,
    "sampler.prompts_per_step": 3,
    "sampler.samples": 4,
    "sampler.prompts_per_task": 2,
    "sampler.thinking_tokens": 6,
    "sampler.answer_tokens": 6,
    "objective.name": "grpo",
    "objective.success": "verified",
    "objective.kl": 0.1,
    "trainer.shards": 2,
    "trainer.slices": 3,
    "trainer.micro_batch_tokens": 256,
    "trainer.learning_rate": 2.0e-3,
    # 2^-44, which Java 17 by itself writes with another digit than Java 21.
    "trainer.epsilon": 5.684341886080802e-14,
    "evaluate.samples": 2,
    "evaluate.k": "[1,2]",
}

FUNCTIONS = r"""
    SELECT
      math(array('(x+1)^2 - \\sin x'), '\\boxed{x^2+2x+1-\\sin x}').verdict AS algebra,
      math(array('\\frac{1}{2}'), '0.5').verdict AS math,
      finqa_number(array('0.24691'), 'It rose 24.69%.').verdict AS number,
      finqa_program(array('1e23'), '{"table": [["", "2009"], ["costs", "7"]]}', 'multiply(100000000000, 1000000000000)').extracted AS program,
      exact_match(array('Rome', 'Roma'), 'the ROMA!').verdict AS text,
      hotpotqa_f1(array('the old bridge'), 'old bridge') AS f1
"""


def problems(name, count):
    with open(name, "w", encoding="utf-8") as out:
        for i in range(count):
            answer = "7777777" if i % 2 == 0 else str(i // 2 % 10)
            record = {"id": f"p{i}", "prompt": f"1+{i}?", "answer": answer, "verifier": "substring_match"}
            print(json.dumps(record), file=out)


def run(gateway, *arguments):
    texts = gateway.new_array(gateway.jvm.java.lang.String, len(arguments))
    for i, argument in enumerate(arguments):
        texts[i] = argument
    code = gateway.jvm.dev.kindling.command.Main.run(texts)
    if code != 0:
        sys.exit(f"{arguments[0]} ended with exit code {code}")


def sets(more):
    return [word for key, value in (SETTINGS | more).items() for word in ("--set", f"{key}={value}")]


def checkpoint(name, step):
    """What a step's checkpoint is, and the settings that it was made with."""
    with open(f"runs/{name}/step-{step:06d}/commit.json", encoding="utf-8") as file:
        commit = json.load(file)
    return [commit["config_digest"], *(part["sha256"] for part in commit["checkpoint"])]


def main():
    spark = SparkSession.builder.getOrCreate()
    gateway = spark.sparkContext._gateway
    problems("train.jsonl", 40)
    problems("eval.jsonl", 4)
    data = ["--data", "train.jsonl", "--set", "data.eval_path=eval.jsonl"]
    # Every other problem is never solved, so there is something to refill.
    refill = {"objective.dynamic_sampling.max_rounds": 2}
    run(gateway, "train", "--name", "first", *data, *sets({"run.steps": 2} | refill))
    run(gateway, "evaluate", "--run", "runs/first", "--step", "1", "--against", "0")
    run(gateway, "export", "runs/first", "--to", "model")
    run(gateway, "train", "--name", "second", *data, *sets({"run.steps": 1, "model.checkpoint": "model"}))
    verdicts = spark.sql(FUNCTIONS).first().asDict()
    expected = {"algebra": "CORRECT", "math": "CORRECT", "number": "CORRECT", "text": "CORRECT"}
    if expected.items() - verdicts.items():
        sys.exit(f"The functions say {verdicts}")
    with open("model/model.safetensors", "rb") as file:
        exported = hashlib.sha256(file.read()).hexdigest()
    made = [checkpoint("first", 1), checkpoint("first", 2), checkpoint("second", 1)]
    print(json.dumps([made, exported, verdicts]), file=open("result.json", "w", encoding="utf-8"))
    spark.stop()


main()
