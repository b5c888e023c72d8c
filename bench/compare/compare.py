#!/usr/bin/env python3
"""Benchmarks charrnn beside NumPy, PyTorch and LibTorch, in turn; writes Markdown tables of figures and ratios.

usage: compare.py TEXT [--rounds 5] [--seconds 4] [--only NAME,NAME] [--python PYTHON]... [--libtorch] [--root FOLDER]
                  [--peers-avx2] [--output FILE]

Every ratio is to the fastest peer of the run. NumPy and PyTorch are those of a Python, if it has them; several may be
named. --libtorch restores LibTorch 2.10 with TorchSharp (a gigabyte) and builds the program in libtorch/. It needs the
C++ library of GCC 13: where the system's is older, --root FOLDER names the root of a newer system, such as one made by
`debootstrap trixie FOLDER`, in which it runs; a --python that lies in FOLDER runs in it too. A user who is not root
needs a kernel that allows user namespaces.

Only the peers read the text; charrnn's speed does not depend on it. Run it on a quiet machine. DOTNET_EnableAVX512=0
limits charrnn to 256-bit vectors, and --peers-avx2 the peers.
"""
import argparse
import os
import statistics
import sys
from collections import defaultdict

from machine import CHARRNN, THREADS, build, output_of, processor, result_of, runtime
from peers import WAYS, PeerError, peers_of
from quietness import Quietness
from tables import figure, publish, share, table, times

# name: cell, embedding (0 = one-hot), hidden, layers, streams, steps, residual, optimizer
CONFIGURATIONS = {
    "rnn-100": ("rnn", 0, 100, 1, 1, 25, 0, "adagrad"),
    "lstm-2x128": ("lstm", 0, 128, 2, 50, 50, 0, "rmsprop"),
    "lstm-2x256": ("lstm", 64, 256, 2, 32, 64, 0, "adam"),
    "gru-512": ("gru", 512, 512, 1, 16, 40, 0, "adam"),
    "gru-128": ("gru", 128, 128, 1, 16, 40, 0, "adam"),
    "gru-8x128": ("gru", 128, 128, 8, 16, 40, 1, "adam"),
    "lstm-2x512": ("lstm", 0, 512, 2, 50, 50, 0, "rmsprop"),
    "lstm-3x512": ("lstm", 0, 512, 3, 50, 50, 0, "rmsprop"),
}

TRAINING, SAMPLING, BATCH_SAMPLING = "chars_per_sec", "sample_chars_per_sec", "batch_sample_chars_per_sec"


def charrnn(name, seconds, threads):
    cell, embedding, hidden, layers, streams, steps, residual, optimizer = CONFIGURATIONS[name]
    flags = (
        f"--threads {threads} --duration {seconds}s --cell {cell} --embedding-size {embedding} --hidden-size {hidden}"
        f" --num-layers {layers} --batch-size {streams} --seq-length {steps} --optimizer {optimizer}"
        f" --grad-clip 5 --grad-clip-norm 0 --dropout 0 --output-dropout 0 {'--residual' if residual else ''}"
    )
    return result_of(["dotnet", CHARRNN, "bench", "--json", *flags.split()])


class Results:
    """What was measured: for each configuration, charrnn's results by threads, and each peer's by the way it ran."""

    def __init__(self, peers):
        self.peers = peers
        self.ours, self.theirs = defaultdict(list), defaultdict(list)

    def measure(self, names, options, quietness):
        for round_number in range(options.rounds):
            for name in names:
                print(f"round {round_number + 1} of {options.rounds}: {name}", file=sys.stderr)
                for threads in THREADS:
                    with quietness.watch():
                        self.ours[name, threads].append(charrnn(name, options.seconds, threads))
                for peer in self.peers:
                    for way in WAYS if peer.measures(name) else ():
                        with quietness.watch():
                            result = peer.run(name, CONFIGURATIONS[name], way, options.text, options.seconds)
                        self.theirs[name, peer, way].append(result)

    def one_thread(self, name, key):
        return [result[key] for result in self.ours[name, 1]]

    def best(self, name, key):
        """The fastest number of threads, and its figures round by round."""
        candidates = [(threads, [result[key] for result in self.ours[name, threads]]) for threads in THREADS]
        return max(candidates, key=lambda candidate: statistics.median(candidate[1]))

    def of_peer(self, name, peer, key):
        """The fastest way to run a peer, and its figures; None and none where it does not measure this."""
        candidates = [(way, [result[key] for result in self.theirs[name, peer, way]]) for way in WAYS]
        candidates = [(way, figures) for way, figures in candidates if figures and figures[0]]
        return max(candidates, key=lambda candidate: statistics.median(candidate[1]), default=(None, []))

    def fastest_peer(self, name, key):
        """The name of the fastest peer, the way it ran, and its figures."""
        candidates = [(peer.name, *self.of_peer(name, peer, key)) for peer in self.peers]
        candidates = [candidate for candidate in candidates if candidate[2]]
        return max(candidates, key=lambda candidate: statistics.median(candidate[2]), default=("–", None, []))


def with_way(figures, way):
    return f"{figure(figures)} ({way})" if figures else "–"


def training_table(names, results):
    rows = []
    for name in names:
        one, (threads, best) = results.one_thread(name, TRAINING), results.best(name, TRAINING)
        peer, way, theirs = results.fastest_peer(name, TRAINING)
        rows.append(
            [
                name,
                figure(one),
                with_way(best, threads),
                times(best, one),
                share([result["peak_fraction"] for result in results.ours[name, threads]]),
                peer,
                with_way(theirs, way),
                times(best, theirs),
            ]
        )
    return table(
        [
            "configuration",
            "charrnn, 1 thread",
            "charrnn, best (threads)",
            "best / 1 thread",
            "share of FMA peak",
            "fastest peer",
            "its best (threads)",
            "charrnn / fastest peer",
        ],
        rows,
    )


def sampling_table(names, results):
    rows = []
    for name in names:
        one = results.one_thread(name, SAMPLING)
        peer, way, theirs = results.fastest_peer(name, SAMPLING)
        batch_one, (threads, batch_best) = results.one_thread(name, BATCH_SAMPLING), results.best(name, BATCH_SAMPLING)
        rows.append(
            [
                name,
                figure(one),
                peer,
                with_way(theirs, way),
                times(one, theirs),
                figure(batch_one),
                with_way(batch_best, threads),
                times(batch_best, one),
            ]
        )
    return table(
        [
            "configuration",
            "charrnn, one stream",
            "fastest peer",
            "its one stream, best (threads)",
            "charrnn / fastest peer",
            "64 streams, 1 thread",
            "64 streams, best (threads)",
            "64 streams / one",
        ],
        rows,
    )


def peers_table(names, results, key):
    """Every peer's figures."""
    return table(
        ["configuration", *(peer.name for peer in results.peers)],
        [
            [name, *(with_way(figures, way) for way, figures in (results.of_peer(name, p, key) for p in results.peers))]
            for name in names
        ],
    )


def report(names, results, options, quietness):
    peers = "; ".join(peer.version for peer in results.peers) or "none"
    limited = " The peers were limited to 256-bit vectors." if options.peers_avx2 else ""
    lines = [
        f"{processor()}. .NET {runtime()} (SDK {output_of(['dotnet', '--version'])}). Peers: {peers}.{limited}",
        f"Rounds: {options.rounds}, of {options.seconds:g} s for each figure, taken in turn; figures are medians, with"
        " the least and the greatest; ratios are medians of each round's own. Each side is the better of"
        f" {' and '.join(map(str, THREADS))} threads, where a peer's may wait asleep or spinning. {quietness}",
        "",
        "Training, characters a second.",
        "",
        *training_table(names, results),
        "Sampling, characters a second: one stream, and charrnn's 64 side by side.",
        "",
        *sampling_table(names, results),
    ]
    if len(results.peers) > 1:
        lines += ["Every peer, training.", "", *peers_table(names, results, TRAINING)]
        lines += ["Every peer, sampling.", "", *peers_table(names, results, SAMPLING)]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", default=",".join(CONFIGURATIONS), help="configurations, with commas between")
    parser.add_argument("--python", action="append", help="a Python that has NumPy and PyTorch; may be repeated")
    parser.add_argument("--libtorch", action="store_true", help="LibTorch through TorchSharp as well")
    parser.add_argument("--root", metavar="FOLDER", help="the root of a newer system, for LibTorch and its own Python")
    parser.add_argument("--peers-avx2", action="store_true", help="limit the peers to 256-bit vectors")
    parser.add_argument("--output", metavar="FILE", help="write the tables to this file as well")
    options = parser.parse_args()
    options.python, options.text = options.python or [sys.executable], os.path.realpath(options.text)
    names = options.only.split(",")
    unknown = [name for name in names if name not in CONFIGURATIONS]
    if unknown:
        parser.error(f"--only: there is no {unknown[0]!r} among {', '.join(CONFIGURATIONS)}")
    quietness = Quietness()
    try:
        results = Results(peers_of(options))
        build()
        results.measure(names, options, quietness)
        publish(report(names, results, options, quietness), options.output)
    except (PeerError, RuntimeError) as error:
        sys.exit(f"compare.py: {error}")


if __name__ == "__main__":
    main()
