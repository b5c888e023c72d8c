#!/usr/bin/env python3
"""Runs NumPy and PyTorch, where they are installed, beside charrnn, in turn, and writes a Markdown table of medians and ratios.

usage: compare.py TEXT [--rounds 3] [--seconds 4] [--only NAME,NAME] [--python /usr/bin/python3]
The text is read by the peers; charrnn's speed does not depend on it. Run it on a quiet machine.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CHARRNN = os.path.join(ROOT, "src", "CharRnn.Cli", "bin", "Release", "net10.0", "CharRnn.Cli.dll")

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


def result_of(command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def charrnn(name, seconds, threads=None):
    cell, embedding, hidden, layers, streams, steps, residual, optimizer = CONFIGURATIONS[name]
    command = ["dotnet", CHARRNN, "bench", "--json", "--duration", f"{seconds}s", "--cell", cell, "--embedding-size", embedding,
               "--hidden-size", hidden, "--num-layers", layers, "--batch-size", streams, "--seq-length", steps,
               "--optimizer", optimizer, "--grad-clip", 5, "--grad-clip-norm", 0, "--dropout", 0, "--output-dropout", 0]
    command += ["--residual"] if residual else []
    command += ["--threads", threads] if threads else []
    return result_of([str(word) for word in command])


def torch(name, text, seconds, python):
    cell, embedding, hidden, layers, streams, steps, residual, optimizer = CONFIGURATIONS[name]
    results = []
    for threads in (1, os.cpu_count()):
        quiet = {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
        command = [python, os.path.join(HERE, "peer_torch.py"), text, seconds, cell, embedding, hidden, layers, streams, steps, residual, optimizer, threads]
        results.append(result_of([str(word) for word in command], quiet))
    return {key: max(result[key] for result in results) for key in results[0]}


def numpy(text, seconds, python):
    return result_of([python, os.path.join(HERE, "peer_numpy.py"), text, str(seconds), "100"], {"OPENBLAS_NUM_THREADS": "1"})


def has(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def median(results, key):
    return statistics.median(result[key] for result in results)


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("text")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", default=",".join(CONFIGURATIONS))
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    names = options.only.split(",")
    peers = {"PyTorch": has(options.python, "torch"), "NumPy": has(options.python, "numpy")}
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", os.path.join(ROOT, "src", "CharRnn.Cli")], check=True, stdout=sys.stderr)
    ours, one_core, theirs, arrays = ({name: [] for name in names} for _ in range(4))
    for round_number in range(options.rounds):
        for name in names:
            print(f"round {round_number + 1} of {options.rounds}: {name}", file=sys.stderr)
            ours[name].append(charrnn(name, options.seconds))
            one_core[name].append(charrnn(name, options.seconds, threads=1))
            if peers["PyTorch"]:
                theirs[name].append(torch(name, options.text, options.seconds, options.python))
            if peers["NumPy"] and name == "rnn-100":
                arrays[name].append(numpy(options.text, options.seconds, options.python))
    print(f"{processor()}, {os.cpu_count()} cores; medians of {options.rounds} rounds\n")
    print("| configuration | charrnn, characters/s | share of FMA peak | beside one core | PyTorch | ratio | NumPy | ratio | sampling, charrnn | sampling, 64 streams | sampling, PyTorch | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name in names:
        speed, writing = median(ours[name], "chars_per_sec"), median(ours[name], "sample_chars_per_sec")
        cells = [name, f"{speed:,.0f}", f"{median(ours[name], 'peak_fraction'):.0%}", f"{speed / median(one_core[name], 'chars_per_sec'):.2f}×"]
        for results in (theirs[name], arrays[name]):
            peer = median(results, "chars_per_sec") if results else None
            cells += [f"{peer:,.0f}", f"**{speed / peer:.1f}×**"] if peer else ["–", "–"]
        cells += [f"{writing:,.0f}", f"{median(ours[name], 'batch_sample_chars_per_sec'):,.0f}"]
        peer = median(theirs[name], "sample_chars_per_sec") if theirs[name] else None
        cells += [f"{peer:,.0f}", f"**{writing / peer:.1f}×**"] if peer else ["–", "–"]
        print("| " + " | ".join(cells) + " |")


main()
