#!/usr/bin/env python3
"""Benchmarks charrnn beside NumPy and PyTorch, if installed, in turn; writes Markdown tables of medians and ratios.

usage: compare.py TEXT [--rounds 3] [--seconds 4] [--only NAME,NAME] [--python /usr/bin/python3] [--output FILE]

Only the peers read the text; charrnn's speed does not depend on it. Run it on a quiet machine.
"""
import argparse
import os
import sys
from collections import defaultdict

from machine import CHARRNN, HERE, THREADS, build, processor, python_version, quiet, result_of, runtime, version_of
from tables import count, median, publish, ratio, table

# name: cell, embedding (0 = one-hot), hidden, layers, streams, steps, residual, optimizer
CONFIGURATIONS = {
    "rnn-100": ("rnn", 0, 100, 1, 1, 25, 0, "adagrad"),
    "lstm-2x128": ("lstm", 0, 128, 2, 50, 50, 0, "rmsprop"),
    "gru-512": ("gru", 512, 512, 1, 16, 40, 0, "adam"),
    "gru-128": ("gru", 128, 128, 1, 16, 40, 0, "adam"),
    "gru-8x128": ("gru", 128, 128, 8, 16, 40, 1, "adam"),
    "lstm-2x512": ("lstm", 0, 512, 2, 50, 50, 0, "rmsprop"),
    "lstm-3x512": ("lstm", 0, 512, 3, 50, 50, 0, "rmsprop"),
}

# The configuration of the NumPy peer: min-char-rnn.
ARRAYS = "rnn-100"


def charrnn(name, seconds, threads):
    cell, embedding, hidden, layers, streams, steps, residual, optimizer = CONFIGURATIONS[name]
    flags = (
        f"--threads {threads} --duration {seconds}s --cell {cell} --embedding-size {embedding} --hidden-size {hidden}"
        f" --num-layers {layers} --batch-size {streams} --seq-length {steps} --optimizer {optimizer}"
        f" --grad-clip 5 --grad-clip-norm 0 --dropout 0 --output-dropout 0 {'--residual' if residual else ''}"
    )
    result = result_of(["dotnet", CHARRNN, "bench", "--json", *flags.split()])
    return {**result, "steps_per_sec": 1000 / result["ms_per_step"]}


def torch(name, text, seconds, python):
    peer = os.path.join(HERE, "peer_torch.py")
    results = []
    for threads in THREADS:
        results.append(result_of([python, peer, text, seconds, *CONFIGURATIONS[name], threads], quiet(threads)))
    return {key: max(result[key] for result in results) for key in results[0]}


def numpy(text, seconds, python):
    return result_of([python, os.path.join(HERE, "peer_numpy.py"), text, seconds, 100], {"OPENBLAS_NUM_THREADS": "1"})


def best(ours, name, key):
    """The fastest number of threads, and its speed."""
    return max(((threads, median(ours[name, threads], key)) for threads in THREADS), key=lambda pair: pair[1])


def training_row(name, ours, theirs):
    one, (threads, speed) = median(ours[name, 1], "chars_per_sec"), best(ours, name, "chars_per_sec")
    peer = median(theirs[name], "chars_per_sec")
    share = median(ours[name, threads], "peak_fraction")
    return [
        name,
        count(one),
        f"{count(speed)} ({threads})",
        f"{speed / one:.2f}×",
        f"{share:.0%}",
        count(peer),
        ratio(one, peer),
        ratio(speed, peer),
    ]


def sampling_row(name, ours, theirs):
    one, peer = median(ours[name, 1], "sample_chars_per_sec"), median(theirs[name], "sample_chars_per_sec")
    batch_key = "batch_sample_chars_per_sec"
    batch_one, (threads, batch_best) = median(ours[name, 1], batch_key), best(ours, name, batch_key)
    return [
        name,
        count(one),
        count(peer),
        ratio(one, peer),
        count(batch_one),
        f"{count(batch_best)} ({threads})",
        ratio(batch_best, one),
    ]


def report(names, ours, theirs, arrays, options, torch_version, numpy_version):
    lines = [
        f"{processor()}. .NET {runtime()}; Python {python_version(options.python)};"
        f" NumPy {numpy_version or 'not installed'}; PyTorch {torch_version or 'not installed'}.",
        f"Rounds: {options.rounds}, of {options.seconds:g} s for each figure, taken in turn; all figures are medians.",
        "",
        f"Training, characters a second. PyTorch is the better of {' and '.join(map(str, THREADS))} threads.",
        "",
    ]
    lines += table(
        [
            "configuration",
            "charrnn, 1 thread",
            "charrnn, best (threads)",
            "best / 1 thread",
            "share of FMA peak",
            "PyTorch",
            "1 thread / PyTorch",
            "best / PyTorch",
        ],
        [training_row(name, ours, theirs) for name in names],
    )
    if arrays:
        one, (threads, speed) = median(ours[ARRAYS, 1], "steps_per_sec"), best(ours, ARRAYS, "steps_per_sec")
        peer = median(arrays, "steps_per_sec")
        lines += [
            "Training, iterations a second, of 25 characters each: one stream,"
            " beside min-char-rnn in NumPy on one thread.",
            "",
        ]
        lines += table(
            [
                "configuration",
                "charrnn, 1 thread",
                "charrnn, best (threads)",
                "NumPy",
                "1 thread / NumPy",
                "best / NumPy",
            ],
            [[ARRAYS, count(one), f"{count(speed)} ({threads})", count(peer), ratio(one, peer), ratio(speed, peer)]],
        )
    lines += [
        "Sampling, characters a second, one stream on one thread and 64 side by side."
        f" PyTorch is the better of {' and '.join(map(str, THREADS))} threads.",
        "",
    ]
    lines += table(
        [
            "configuration",
            "charrnn, one stream",
            "PyTorch, one stream",
            "one stream / PyTorch",
            "64 streams, 1 thread",
            "64 streams, best (threads)",
            "best / one stream",
        ],
        [sampling_row(name, ours, theirs) for name in names],
    )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", default=",".join(CONFIGURATIONS), help="configurations, with commas between")
    parser.add_argument("--python", default=sys.executable, help="the Python that has NumPy and PyTorch")
    parser.add_argument("--output", metavar="FILE", help="write the tables to this file as well")
    options = parser.parse_args()
    names = options.only.split(",")
    unknown = [name for name in names if name not in CONFIGURATIONS]
    if unknown:
        parser.error(f"--only: there is no {unknown[0]!r} among {', '.join(CONFIGURATIONS)}")
    torch_version, numpy_version = version_of(options.python, "torch"), version_of(options.python, "numpy")
    build()
    ours, theirs, arrays = defaultdict(list), defaultdict(list), []
    for round_number in range(options.rounds):
        for name in names:
            print(f"round {round_number + 1} of {options.rounds}: {name}", file=sys.stderr)
            for threads in THREADS:
                ours[name, threads].append(charrnn(name, options.seconds, threads))
            if torch_version:
                theirs[name].append(torch(name, options.text, options.seconds, options.python))
            if numpy_version and name == ARRAYS:
                arrays.append(numpy(options.text, options.seconds, options.python))
    text = report(names, ours, theirs, arrays, options, torch_version, numpy_version)
    publish(text, options.output)


if __name__ == "__main__":
    main()
