"""Judges pairs of a file by Math-Verify and prints the seconds that it took."""

import json
import sys
import time

from math_verify import parse, verify

with open(sys.argv[1], encoding="utf-8") as lines:
    pairs = [json.loads(line) for line in lines]
pairs = [("$" + pair["gold"] + "$", pair["answer"]) for pair in pairs]
for gold, answer in pairs[:50]:
    verify(parse(gold), parse(answer))
started = time.perf_counter()
for gold, answer in pairs:
    verify(parse(gold), parse(answer))
print(time.perf_counter() - started)
