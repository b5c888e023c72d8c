#!/usr/bin/env python3
"""Compares classifiers of names in charrnn and, if installed, PyTorch; writes Markdown tables of speed and quality.

usage: names.py NAMES_FOLDER [--rounds 3] [--seconds 6] [--seeds 1,2,3] [--python /usr/bin/python3] [--output FILE]

NAMES_FOLDER has one UTF-8 file per label, with one text a line. Run it on a quiet machine.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

from machine import CHARRNN, HERE, THREADS, build, processor, python_version, quiet, result_of, runtime, version_of
from tables import count, median, publish, ratio, table

# Networks for the measurement of speed, as flags, without regularisation. peer_torch_names.py has the same names.
NETWORKS = {
    "lstm-256": (
        "embedding 64, bidirectional lstm 256, Adam",
        "--embedding-dropout 0 --output-dropout 0 --char-dropout 0 --label-smoothing 0 --biases double".split(),
    ),
    "rnn-128": (
        "one-hot, rnn 128, plain descent (the tutorial's)",
        ["--preset", "tutorial-classifier", "--max-epochs", 1_000_000],
    ),
}

# Classifiers for the measurement of quality: charrnn's flags, and PyTorch's recipes.
OURS = {
    "charrnn": [],
    "charrnn `--class-weights balanced`": ["--class-weights", "balanced"],
    "charrnn `--preset tutorial-classifier`": ["--preset", "tutorial-classifier"],
}
THEIRS = {"PyTorch, charrnn's recipe": "same", "PyTorch, plain": "plain"}

BATCH = 64
COPIES = 5  # of each text, in the file to predict
OWN = None  # charrnn's own choice of threads


def write_texts(folder, path):
    texts = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8-sig") as file:
            texts += [text for text in map(str.strip, file) if text]
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(f"{text}\n" for text in texts * COPIES))


def train(folder, run, flags):
    return result_of(
        ["dotnet", CHARRNN, "classify", "train", folder, "-o", run, "--json", "--progress", "none", *flags]
    )


def steps_a_second(run):
    """The median speed between two lines of a run's metrics, few of which contain saving or the first steps."""
    with open(os.path.join(run, "metrics.jsonl"), encoding="utf-8") as file:
        lines = [line for line in map(json.loads, file) if line["split"] == "train"]
    return statistics.median(
        (after["step"] - before["step"]) / (after["seconds"] - before["seconds"])
        for before, after in zip(lines, lines[1:])
        if after["seconds"] > before["seconds"]
    )


def charrnn_speed(network, folder, texts, seconds, threads):
    chosen = [] if threads is OWN else ["--threads", threads]
    with tempfile.TemporaryDirectory() as scratch:
        run = os.path.join(scratch, "run")
        result = train(folder, run, ["--val-frac", 0, "--max-time", f"{seconds}s", *NETWORKS[network][1], *chosen])
        batch = result["train"] / -(-result["train"] // BATCH)
        with open(texts, encoding="utf-8") as file:
            done = subprocess.run(
                [str(word) for word in ["dotnet", CHARRNN, "classify", "predict", run, "--json", *chosen]],
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=True,
            )
        predicted = re.search(r"texts, ([\d,]+)/s", done.stderr).group(1)
        return {"texts_per_sec": steps_a_second(run) * batch, "predicted_per_sec": int(predicted.replace(",", ""))}


def torch(python, folder, recipe, threads, *task):
    return result_of(
        [python, os.path.join(HERE, "peer_torch_names.py"), folder, recipe, threads, *task], quiet(threads)
    )


def measure_speed(folder, options, has_torch):
    """Results of charrnn and of PyTorch, by network and threads."""
    ours, theirs = defaultdict(list), defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        texts = os.path.join(scratch, "texts.txt")
        write_texts(folder, texts)
        for round_number in range(options.rounds):
            for network in NETWORKS:
                print(f"round {round_number + 1} of {options.rounds}: {network}", file=sys.stderr)
                for threads in (1, OWN):
                    ours[network, threads].append(charrnn_speed(network, folder, texts, options.seconds, threads))
                for threads in THREADS if has_torch else []:
                    theirs[network, threads].append(
                        torch(options.python, folder, network, threads, "speed", texts, options.seconds)
                    )
    return ours, theirs


def measure_quality(folder, options, threads):
    """Results by classifier; PyTorch runs on the given number of threads, or not at all for None."""
    results = defaultdict(list)
    for seed in options.seeds.split(",") if options.seeds else []:
        for name, flags in OURS.items():
            print(f"seed {seed}: {name}", file=sys.stderr)
            with tempfile.TemporaryDirectory() as scratch:
                results[name].append(train(folder, os.path.join(scratch, "run"), ["--seed", seed, *flags]))
        for name, recipe in THEIRS.items() if threads else []:
            print(f"seed {seed}: {name}", file=sys.stderr)
            results[name].append(torch(options.python, folder, recipe, threads, "quality", seed))
    return results


def fastest(theirs, network, key):
    """PyTorch's fastest number of threads, and its figure; None without PyTorch."""
    return max(
        ((threads, median(theirs[network, threads], key)) for threads in THREADS if theirs[network, threads]),
        key=lambda pair: pair[1],
        default=(None, None),
    )


def speed_table(ours, theirs, key):
    rows = []
    for network, (description, _) in NETWORKS.items():
        one, own = median(ours[network, 1], key), median(ours[network, OWN], key)
        threads, peer = fastest(theirs, network, key)
        rows.append(
            [
                description,
                count(one),
                count(own),
                f"{count(peer)} ({threads})" if threads else "–",
                ratio(one, peer),
                ratio(own, peer),
            ]
        )
    return table(
        [
            "network",
            "charrnn, 1 thread",
            "charrnn, its own choice",
            "PyTorch, best (threads)",
            "1 thread / PyTorch",
            "own choice / PyTorch",
        ],
        rows,
    )


def spread(results, key, digits):
    numbers = [result[key] for result in results]
    deviation = f" ± {statistics.stdev(numbers):.{digits}f}" if len(numbers) > 1 else ""
    return f"{statistics.mean(numbers):.{digits}f}{deviation}"


def quality_table(results):
    baseline = statistics.mean(result["seconds"] for result in results["charrnn"])
    rows = [
        [
            name,
            spread(runs, "accuracy", 4),
            spread(runs, "macro_accuracy", 4),
            spread(runs, "seconds", 1),
            f"{statistics.mean(run['seconds'] for run in runs) / baseline:.2f}×",
        ]
        for name, runs in results.items()
    ]
    return table(["classifier", "accuracy", "macro accuracy", "seconds", "seconds / charrnn's"], rows)


def report(options, ours, theirs, results, torch_version, threads):
    lines = [
        f"{processor()}. .NET {runtime()}; Python {python_version(options.python)};"
        f" PyTorch {torch_version or 'not installed'}.",
        "",
    ]
    if ours:
        lines += [
            f"Speed: {options.rounds} rounds, of {options.seconds:g} s of training for each figure, taken in turn;"
            f" all figures are medians. PyTorch is the better of {' and '.join(map(str, THREADS))} threads.",
            "",
            f"Training, texts a second, batches of {BATCH}.",
            "",
            *speed_table(ours, theirs, "texts_per_sec"),
            "Predicting, texts a second.",
            "",
            *speed_table(ours, theirs, "predicted_per_sec"),
        ]
    if results:
        charrnn = results["charrnn"]
        lines += [
            f"On the test part: mean ± standard deviation over seeds {options.seeds}, each with a split of its own."
            f" Always saying the most frequent label has {spread(charrnn, 'majority_baseline', 4)};"
            f" no more than {spread(charrnn, 'accuracy_ceiling', 4)} can be had."
            + (f" PyTorch runs on {threads} thread{'s' if threads > 1 else ''}." if threads else ""),
            "",
            *quality_table(results),
        ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="NAMES_FOLDER")
    parser.add_argument("--rounds", type=int, default=3, help="of the measurement of speed; 0 for none")
    parser.add_argument("--seconds", type=float, default=6, help="of training for each figure of speed")
    parser.add_argument(
        "--seeds", default="1,2,3", help="of the runs that measure quality, with commas between; '' for none"
    )
    parser.add_argument("--python", default=sys.executable, help="the Python that has PyTorch")
    parser.add_argument("--output", metavar="FILE", help="write the tables to this file as well")
    options = parser.parse_args()
    torch_version = version_of(options.python, "torch")
    build()
    ours, theirs = measure_speed(options.folder, options, torch_version is not None)
    threads, _ = (
        fastest(theirs, "lstm-256", "texts_per_sec") if theirs else (THREADS[0] if torch_version else None, None)
    )
    text = report(options, ours, theirs, measure_quality(options.folder, options, threads), torch_version, threads)
    publish(text, options.output)


if __name__ == "__main__":
    main()
