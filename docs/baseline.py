"""What Hugging Face and TRL take for the shapes of `./submit.sh bench`, for docs/bench.md.

    python -m venv v && v/bin/pip install torch transformers trl datasets accelerate
    v/bin/python docs/baseline.py generate --shape big --batch 8 --dtype bfloat16 --threads 2
    v/bin/python docs/baseline.py train --shape small --dtype float32 --threads 2
    v/bin/python docs/baseline.py grpo --dtype float32 --threads 2

Random weights; every sequence is sampled to its full length. Prints one line: median and range.
"""

import argparse
import statistics
import time

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

SHAPES = {
    "small": dict(vocab_size=512, hidden_size=256, num_hidden_layers=6, num_attention_heads=8,
                  num_key_value_heads=4, head_dim=32, intermediate_size=768),
    "big": dict(vocab_size=32000, hidden_size=1024, num_hidden_layers=28, num_attention_heads=16,
                num_key_value_heads=8, head_dim=128, intermediate_size=3072),
}


def model(shape, dtype):
    torch.manual_seed(1)
    config = Qwen3Config(**SHAPES[shape], max_position_embeddings=4096, tie_word_embeddings=True,
                         bos_token_id=None, eos_token_id=1, pad_token_id=0)
    return Qwen3ForCausalLM(config).to(dtype)


def report(what, seconds, per, unit):
    """One line; `per` is the work of one repeat."""
    middle = statistics.median(seconds)
    print(f"{what}: {1e3 * middle / per:.4g} ms/{unit}, {per / middle:.4g} {unit}/s,"
          f" range {1e3 * min(seconds) / per:.4g} to {1e3 * max(seconds) / per:.4g} ms"
          f" ({len(seconds)} repeats)", flush=True)


def generate(args):
    policy = model(args.shape, args.torch_dtype).eval()
    prompt = torch.randint(2, policy.config.vocab_size, (args.batch, args.prompt))
    seconds = []
    for repeat in range(args.repeats + 1):
        started = time.perf_counter()
        with torch.inference_mode():
            policy.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=True, top_k=0,
                            min_new_tokens=args.tokens, max_new_tokens=args.tokens)
        if repeat > 0:
            seconds.append(time.perf_counter() - started)
    report(f"generate {args.shape} batch {args.batch} {args.dtype} {args.threads} threads", seconds,
           args.tokens, "step")


def train(args):
    policy = model(args.shape, torch.float32).train()
    optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-4)
    ids = torch.randint(2, policy.config.vocab_size, (args.batch, args.prompt + args.tokens))
    seconds = []
    for repeat in range(args.repeats + 1):
        started = time.perf_counter()
        for part in ids.split(args.micro_batch):
            with torch.autocast("cpu", torch.bfloat16, enabled=args.dtype == "bfloat16"):
                loss = policy(part, labels=part).loss
            (loss * part.shape[0] / args.batch).backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if repeat > 0:
            seconds.append(time.perf_counter() - started)
    report(f"train {args.shape} {args.batch} x {ids.shape[1]} {args.dtype} {args.threads} threads",
           seconds, ids.numel(), "token")


def grpo(args):
    from datasets import Dataset
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    words = {"<pad>": 0, "<eos>": 1} | {f"w{i}": i for i in range(2, 512)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>",
                                        eos_token="<eos>", padding_side="left")
    policy = model("small", torch.float32)
    prompts = torch.randint(2, 512, (args.prompts, args.prompt)).tolist()
    data = Dataset.from_list([{"prompt": " ".join(f"w{i}" for i in p)} for p in prompts])
    sampling, steps = [], []
    inner = policy.generate

    def timed(*positional, **named):
        started = time.perf_counter()
        try:
            return inner(*positional, **named)
        finally:
            sampling[-1] += time.perf_counter() - started

    policy.generate = timed

    class Clock(TrainerCallback):
        def on_step_begin(self, *_, **__):
            sampling.append(0.0)
            steps.append(time.perf_counter())

        def on_step_end(self, *_, **__):
            steps[-1] = time.perf_counter() - steps[-1]

    rows = args.prompts * args.samples
    config = GRPOConfig(
        output_dir="unused", max_steps=args.repeats + 1, save_strategy="no", report_to=[],
        logging_strategy="no", disable_tqdm=True, use_cpu=True, bf16=args.dtype == "bfloat16",
        per_device_train_batch_size=args.micro_batch, gradient_checkpointing=False,
        gradient_accumulation_steps=rows // args.micro_batch, num_generations=args.samples,
        max_completion_length=args.tokens, beta=0.0, learning_rate=1e-4, temperature=1.0, top_k=0,
        generation_kwargs={"min_new_tokens": args.tokens})
    trainer = GRPOTrainer(
        model=policy, args=config, train_dataset=data, processing_class=tokenizer,
        reward_funcs=lambda completions, **_: [len(set(c.split())) / args.tokens for c in completions],
        callbacks=[Clock()])
    trainer.train()
    what = f"grpo small {args.prompts} x {args.samples} x {args.tokens} {args.dtype} {args.threads} threads"
    report(what, steps[1:], 1, "step")
    report(what + ", generate", sampling[1:], 1, "step")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["generate", "train", "grpo"])
    parser.add_argument("--shape", choices=SHAPES, default="small")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--micro-batch", type=int, default=32)
    parser.add_argument("--prompts", type=int, default=32)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--prompt", type=int, default=64, help="tokens of a prompt")
    parser.add_argument("--tokens", type=int, default=64, help="tokens of an answer")
    parser.add_argument("--repeats", type=int, default=3, help="after one that does not count")
    args = parser.parse_args()
    args.torch_dtype = getattr(torch, args.dtype)
    torch.set_num_threads(args.threads)
    {"generate": generate, "train": train, "grpo": grpo}[args.what](args)


if __name__ == "__main__":
    main()
