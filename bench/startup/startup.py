#!/usr/bin/env python3
"""Start-up time of builds of charrnn: medians over runs in turn.

usage: startup.py MODEL BUILD [BUILD ...] [--runs 21]

A BUILD is a folder with a charrnn in it, the output of dotnet publish -o. Environment variables may follow it, with
commas between: artifacts/charrnn,DOTNET_TieredPGO=0. Times are from just before the process is created to the first
byte on its standard output, and to its end.
"""
import argparse
import os
import statistics
import subprocess
import time

LONG = 2000


def commands(model):
    return {
        "--version": ["--version"],
        "--help": ["--help"],
        "sample -n 1": ["sample", model, "-n", "1"],
        f"sample -n {LONG}": ["sample", model, "-n", str(LONG)],
    }


def launcher(build):
    folder, *variables = build.split(",")
    return os.path.join(folder, "charrnn"), {**os.environ, **dict(variable.split("=", 1) for variable in variables)}


def measure(command, environment):
    """Milliseconds to the first byte, and to the end."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        first = os.read(process.stdout.fileno(), 1)
        to_first = time.perf_counter() - start
        process.stdout.read()
        if process.wait() != 0 or not first:
            raise SystemExit(f"{' '.join(command)} failed")
        to_end = time.perf_counter() - start
    return 1e3 * to_first, 1e3 * to_end


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("builds", nargs="+", metavar="build")
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    times = {(name, build): [] for name in commands(options.model) for build in options.builds}
    # Run 0 is not counted: it loads the files into the page cache.
    for run in range(options.runs + 1):
        for name, arguments in commands(options.model).items():
            for build in options.builds:
                path, environment = launcher(build)
                result = measure([path, *arguments], environment)
                if run > 0:
                    times[name, build].append(result)
    print(f"milliseconds, medians of {options.runs} runs in turn\n")
    print("| command | build | first byte | end |")
    print("|---|---|---|---|")
    for (name, build), results in times.items():
        first, end = (statistics.median(column) for column in zip(*results))
        print(f"| `{name}` | {build} | {first:.0f} | {end:.0f} |")


main()
