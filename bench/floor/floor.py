#!/usr/bin/env python3
"""Lower bounds of each configuration's time: a Markdown table of operations, bytes, their times, and the measured time.

usage: charrnn bench --presets all --json | floor.py [--l1 500] [--l2 150] [--l3 107]
--l1, --l2, --l3: read bandwidth of a core from its first- and second-level cache and from the shared one, 10⁹ bytes a
second. The defaults are an AMD EPYC's (Zen 5).
"""
import argparse
import json
import sys

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
# Blocks of H in a row of gates: gru keeps one recurrent product separately.
SLOTS = {"rnn": 1, "gru": 4, "lstm": 4}
# Passes of four bytes over each parameter in the update: gradient, weight and moments read, weight and moments written.
UPDATE_PASSES = {"adagrad": 5, "rmsprop": 5, "adam": 7}
OPTIMIZER = {"rnn": "adagrad", "gru": "adam", "lstm": "rmsprop"}
ROWS_AT_ONCE, TERMS_AT_ONCE, SYMBOLS = 48, 256, 65
L1_BYTES, L2_BYTES = 48 << 10, 1 << 20
# Weights, gradients, and one or two moments.
ARENAS = 4


def tiles(streams, hidden):
    """Number of tiles, as StreamTiles computes it."""
    count, preferred = 1, 24 if hidden > 256 else 8
    while streams >= 2 * count * preferred:
        count *= 2
    return count


def bytes_of(run):
    """Bytes of one training step: (recurrent weights read in the scan, everything else)."""
    gates, slots, hidden, layers = GATES[run["cell"]], SLOTS[run["cell"]], run["hidden"], run["layers"]
    rows, parts = run["seq_length"] * run["batch"], tiles(run["batch"], run["hidden"])
    recurrent = 4 * gates * hidden * hidden
    scan = 2 * layers * run["seq_length"] * parts * recurrent
    blocks = -(-rows // ROWS_AT_ONCE)
    inputs = 2 * (layers - 1) * blocks * recurrent + 2 * blocks * 4 * hidden * SYMBOLS
    gradients = 2 * -(-rows // TERMS_AT_ONCE) * (recurrent * (2 * layers - 1) + 4 * hidden * SYMBOLS)
    # Gates: written; read and written in the backward pass; read, packed, and the packed copy read.
    activations = 6 * 4 * rows * slots * hidden * layers + 8 * 4 * rows * hidden * layers
    # The gradient's norm, the update, and the transposed weights (read and written).
    update = 4 * run["params"] * (1 + UPDATE_PASSES[OPTIMIZER[run["cell"]]] + 2)
    return scan, inputs + gradients + activations + update


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--l1", type=float, default=500)
    parser.add_argument("--l2", type=float, default=150)
    parser.add_argument("--l3", type=float, default=107)
    options = parser.parse_args()
    print(
        "| preset | GFLOP a step | MB through the weights in the scan | MB otherwise | floor by operations, ms"
        " | floor by bytes, ms | measured, ms | share of the peak |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for line in sys.stdin:
        run = json.loads(line)
        threads = run["threads"]
        flop = run["gflops"] * run["ms_per_step"] / 1e3
        scan, rest = bytes_of(run)
        weights = 4 * GATES[run["cell"]] * run["hidden"] ** 2
        rate = options.l1 if weights <= L1_BYTES else options.l2 if weights <= L2_BYTES else options.l3
        rest_rate = options.l2 if ARENAS * 4 * run["params"] <= L2_BYTES else options.l3
        by_bytes = (scan / rate + rest / rest_rate) / threads / 1e6
        print(
            f"| {run['preset']} | {flop:.4f} | {scan / 1e6:.1f} | {rest / 1e6:.1f} "
            f"| {flop / run['peak_gflops'] * 1e3:.3f} | {by_bytes:.3f} "
            f"| {run['ms_per_step']:.3f} | {run['peak_fraction']:.0%} |"
        )


main()
