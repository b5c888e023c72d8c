#!/usr/bin/env python3
"""Trains the runs of docs/experiments.md one after the other, and writes its tables in Markdown.

usage: experiments.py TEXT [--only NAME,NAME] [--runs FOLDER] [--threads N] [--charrnn COMMAND] [--output FILE]

Every row is one `charrnn train`, whose command is printed; rows are named after the flags in which they differ. Losses
are nats per character. Limits are in steps or epochs, so that losses are the same for any number of threads, and on
every machine with fused multiply-add. A run that is already done is not repeated.
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CHARRNN = os.path.join(ROOT, "artifacts", "charrnn", "charrnn")


@dataclass
class Experiment:
    """Common flags, and rows by label with their flags.

    With several seeds, figures are means, with half the range of the best validation loss.
    """

    common: str
    rows: dict[str, str]
    seeds: tuple[int, ...] = (1,)


EXPERIMENTS = {
    # A non-linearity after the embedding?
    "embedding-activation": Experiment(
        "--preset gru-lm-128 --max-steps 10000 --eval-every 500 --sample-every 0",
        {
            f"{activation}, head {head}": f"--embedding-activation {activation} --head-activation {head}"
            for head in ("relu", "none")
            for activation in ("none", "relu", "tanh")
        },
        seeds=(1, 2, 3),
    ),
    # Hidden 64 to 512: is there a jump, in speed or in loss?
    "hidden-size": Experiment(
        "--preset gru-lm --max-steps 10000 --eval-every 500 --sample-every 0",
        {str(size): f"--hidden-size {size} --embedding-size {size}" for size in (64, 96, 128, 192, 256, 384, 512)},
    ),
    # A fifth of the data.
    "train-fraction": Experiment(
        "--preset gru-lm --max-steps 15000 --eval-every 500 --sample-every 0",
        {
            f"{share}, hidden {size}, rate {rate}": (
                f"--train-fraction {share} --hidden-size {size} --embedding-size {size} --learning-rate {rate}"
            )
            for size, rate in ((512, "0.002"), (128, "0.002"), (256, "0.0005"))
            for share in ("1", "0.2")
        },
    ),
    # Depth, plain and with skip connections.
    "depth": Experiment(
        "--preset gru-lm-128 --head-activation none --max-steps 5000 --eval-every 500 --sample-every 0",
        {
            f"{layers}{', residual' if skip else ''}": f"--num-layers {layers}{' --residual' if skip else ''}"
            for layers in range(1, 9)
            for skip in (False, True)
            if layers > 1 or not skip
        },
    ),
    # Projections of each layer's output.
    "projection": Experiment(
        "--preset gru-lm --head-activation none --max-steps 4000 --eval-every 500 --sample-every 0"
        " --hidden-size 256 --embedding-size 128",
        {
            f"{layers} layer{'s' if layers > 1 else ''}, projection {size}{', residual' if skip else ''}": (
                f"--num-layers {layers} --projection-size {size}{' --residual' if skip else ''}"
            )
            for layers in (1, 3)
            for size in (0, 64, 128)
            for skip in (False, True)
            if layers > 1 or not skip
        },
    ),
    # Clipping off, by element, by norm.
    "clipping": Experiment(
        "--preset char-rnn --max-epochs 4 --eval-every 200 --sample-every 0 --val-split tail --val-frac 0.1",
        {
            f"{cell}, rate {rate}, {name}": (
                f"--cell {cell} --learning-rate {rate} --grad-clip {element} --grad-clip-norm {norm}"
            )
            for cell in ("lstm", "rnn")
            for rate in ("0.002", "0.01")
            for name, element, norm in (("off", 0, 0), ("element 5", 5, 0), ("element 1", 1, 0), ("norm 5", 0, 5))
        },
    ),
    # The three cells at equal parameters.
    "cells": Experiment(
        "--num-layers 1 --max-steps 2000 --eval-every 100 --sample-every 0",
        {
            f"{cell}, rate {rate}": f"--cell {cell} --hidden-size {size} --learning-rate {rate}"
            for cell, size in (("rnn", 441), ("gru", 249), ("lstm", 214))
            for rate in ("0.001", "0.003", "0.006", "0.012")
        },
    ),
    # Dropout.
    "dropout": Experiment(
        "--train-fraction 0.2 --max-epochs 24 --eval-every 50 --sample-every 0",
        {
            f"{between}, output {output}": f"--dropout {between} --output-dropout {output}"
            for between, output in ((0, 0), (0.1, 0.1), (0.15, 0.3), (0.3, 0.5), (0.5, 0.5))
        },
    ),
    # The stages of learning.
    "stages": Experiment("--max-steps 3000 --eval-every 500 --sample-length 5000 --sample-every 25", {"default": ""}),
}


def run(charrnn, text, folder, flags, seed, threads):
    """The JSON result of one run, which is trained unless that is already done."""
    kept = f"{folder}.json"
    if not os.path.exists(kept):
        command = [
            charrnn,
            "train",
            text,
            "-o",
            folder,
            "--json",
            "--progress",
            "none",
            "--seed",
            str(seed),
            *shlex.split(flags),
            *(["--threads", str(threads)] if threads else []),
        ]
        print(" ".join(shlex.quote(word) for word in command), file=sys.stderr, flush=True)
        done = subprocess.run(command, capture_output=True, text=True)
        # 4: training diverged, which is a result too.
        if done.returncode not in (0, 4):
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        with open(kept, "w") as file:
            file.write(done.stdout)
    with open(kept) as file:
        return json.loads(file.read().splitlines()[-1])


def number(value, places=3):
    return "–" if value is None else f"{value:,.{places}f}"


def mean(results, key):
    values = [result[key] for result in results if result[key] is not None]
    return statistics.fmean(values) if values else None


def row(label, results):
    best = [result["best_val_loss"] for result in results if result["best_val_loss"] is not None]
    spread = f" ± {(max(best) - min(best)) / 2:.3f}" if len(best) > 1 else ""
    stopped = {result["stopped"] for result in results}
    cells = [
        label,
        number(mean(results, "params"), 0),
        number(mean(results, "steps"), 0),
        number(mean(results, "train_loss")),
        number(mean(results, "best_val_loss")) + spread,
        number(mean(results, "best_step"), 0),
        "diverged" if "diverged" in stopped else "",
    ]
    return f"| {' | '.join(cells)} |"


def table(name, experiment, charrnn, text, runs, threads):
    lines = [
        f"### {name}",
        "",
        f"`charrnn train {os.path.basename(text)} {experiment.common} …`",
        "",
        "| | parameters | steps | training loss | best validation loss | at step | |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, flags in experiment.rows.items():
        place = os.path.join(runs, name, label.replace(", ", "-").replace(" ", "-"))
        results = [
            run(
                charrnn,
                text,
                f"{place}-seed{seed}" if len(experiment.seeds) > 1 else place,
                f"{experiment.common} {flags}",
                seed,
                threads,
            )
            for seed in experiment.seeds
        ]
        lines.append(row(label, results))
        print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--only", default=",".join(EXPERIMENTS))
    parser.add_argument("--runs", default="runs/experiments")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--charrnn", default=CHARRNN)
    parser.add_argument("--output")
    options = parser.parse_args()
    unknown = [name for name in options.only.split(",") if name not in EXPERIMENTS]
    if unknown:
        parser.error(f"--only: no experiment is named {', '.join(unknown)}; there are {', '.join(EXPERIMENTS)}")
    text = "\n".join(
        table(name, EXPERIMENTS[name], options.charrnn, options.text, options.runs, options.threads)
        for name in options.only.split(",")
    )
    print(text)
    if options.output:
        with open(options.output, "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
