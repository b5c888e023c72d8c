#!/usr/bin/env python3
"""min-char-rnn in NumPy: one tanh layer, one-hot input, windows of 25 steps, Adagrad, float64.

usage: peer_numpy.py TEXT SECONDS HIDDEN
Prints one JSON object: iterations per second, and characters per second.
"""
import json
import sys
import time

import numpy as np

STEPS, RATE, CLIP, EPSILON = 25, 0.1, 5.0, 1e-8


def gradients(weights, ids, hidden):
    """Loss and gradients of one window; ids has STEPS + 1 symbols."""
    w_in, w_rec, w_out, b_hidden, b_out = weights
    states, probabilities, loss = [hidden], [], 0.0
    for step in range(STEPS):
        one_hot = np.zeros((w_in.shape[1], 1))
        one_hot[ids[step]] = 1
        hidden = np.tanh(w_in.dot(one_hot) + w_rec.dot(hidden) + b_hidden)
        scores = w_out.dot(hidden) + b_out
        scores = np.exp(scores - scores.max())
        probabilities.append(scores / scores.sum())
        loss -= np.log(probabilities[-1][ids[step + 1], 0])
        states.append(hidden)
    d_in, d_rec, d_out, db_hidden, db_out = grads = [np.zeros_like(w) for w in weights]
    d_next = np.zeros_like(hidden)
    for step in reversed(range(STEPS)):
        d_scores = probabilities[step]
        d_scores[ids[step + 1]] -= 1
        d_out += d_scores.dot(states[step + 1].T)
        db_out += d_scores
        d_raw = (w_out.T.dot(d_scores) + d_next) * (1 - states[step + 1] ** 2)
        db_hidden += d_raw
        d_in[:, ids[step]] += d_raw[:, 0]
        d_rec += d_raw.dot(states[step].T)
        d_next = w_rec.T.dot(d_raw)
    return loss, grads, hidden


def main(path, seconds, size):
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    symbols = {symbol: i for i, symbol in enumerate(sorted(set(text)))}
    ids = np.array([symbols[symbol] for symbol in text])
    random = np.random.default_rng(1)
    v = len(symbols)
    weights = [random.normal(0, 0.01, shape) for shape in ((size, v), (size, size), (v, size))]
    weights += [np.zeros((size, 1)), np.zeros((v, 1))]
    squares = [np.zeros_like(w) for w in weights]
    position, hidden, count, start = 0, np.zeros((size, 1)), 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        if position + STEPS + 1 >= len(ids):
            position, hidden = 0, np.zeros((size, 1))
        _, grads, hidden = gradients(weights, ids[position : position + STEPS + 1], hidden)
        for weight, grad, square in zip(weights, grads, squares):
            np.clip(grad, -CLIP, CLIP, out=grad)
            square += grad * grad
            weight -= RATE * grad / np.sqrt(square + EPSILON)
        position += STEPS
        count += 1
    rate = count / (time.perf_counter() - start)
    print(json.dumps({"steps_per_sec": rate, "chars_per_sec": rate * STEPS, "sample_chars_per_sec": None}))


main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
