#!/usr/bin/python3
"""Writes min_char_rnn.json: the trace of min-char-rnn in NumPy (float64) on min_char_rnn_text.txt.

    python3 min_char_rnn.py > min_char_rnn.json

The algorithm: one tanh layer of 100 units on one-hot characters, one stream swept in windows of 25 characters, the loss
summed over a window, gradients clipped to +-5, Adagrad with 1e-8 inside the root, the loss smoothed by 0.999.
Initial weights are 0.01 * normal(), drawn by SplitMix64 in the order input (H,V), recurrent (H,H), head (V,H), row by row;
normal() is twelve 32-bit draws summed, less their mean, over 2^32: exact in any language. Biases start at 0.

The slow and the fast run read the text itself. At rate 0.1 training is chaotic: on the text, starts that differ by 1e-12
part within some tens of iterations and end 20,000 iterations later as much as a sixth apart. The late figure is therefore taken on a chain: characters drawn one after the other, each as some occurrence of its predecessor in the
text is followed. Nothing but the predecessor tells about the next character, so every start ends near the chain's entropy.
"""
import hashlib
import itertools
import json
import os

import numpy as np

HIDDEN, STEPS, SEED = 100, 25, 1
SLOW_RATE, SLOW_LAST, SLOW_EVERY = 0.01, 1000, 50
FAST_RATE, FAST_FIRST = 0.1, 10
LATE_RATE, LATE, CHAIN_SEED, CHAIN_LENGTH = 0.1, 20000, 2, 100000
MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def normal(self):
        return (sum(self.next() >> 32 for _ in range(12)) - 6 * 2.0 ** 32) / 2.0 ** 32


def initial_weights(vocabulary):
    random = SplitMix(SEED)

    def matrix(rows, columns):
        return np.array([0.01 * random.normal() for _ in range(rows * columns)]).reshape(rows, columns)

    return [matrix(HIDDEN, vocabulary), matrix(HIDDEN, HIDDEN), matrix(vocabulary, HIDDEN),
            np.zeros(HIDDEN), np.zeros(vocabulary)]


def chain(text):
    followers = {}
    for character, follower in zip(text, text[1:]):
        followers.setdefault(character, []).append(follower)
    random = SplitMix(CHAIN_SEED)
    drawn = [text[0]]
    while len(drawn) < CHAIN_LENGTH:
        choices = followers[drawn[-1]]
        drawn.append(choices[random.next() % len(choices)])
    return "".join(drawn)


def gradients(parameters, inputs, targets, carried):
    to_hidden, recurrent, to_logits, hidden_bias, logit_bias = parameters
    hiddens, probabilities, loss = [carried], [], 0.0
    for character, target in zip(inputs, targets):
        hiddens.append(np.tanh(to_hidden[:, character] + recurrent @ hiddens[-1] + hidden_bias))
        logits = to_logits @ hiddens[-1] + logit_bias
        exponentials = np.exp(logits - logits.max())
        probabilities.append(exponentials / exponentials.sum())
        loss -= np.log(probabilities[-1][target])

    d = [np.zeros_like(parameter) for parameter in parameters]
    d_next = np.zeros(HIDDEN)
    for t in reversed(range(len(inputs))):
        d_logits = probabilities[t].copy()
        d_logits[targets[t]] -= 1
        d[2] += np.outer(d_logits, hiddens[t + 1])
        d[4] += d_logits
        d_sum = (to_logits.T @ d_logits + d_next) * (1 - hiddens[t + 1] ** 2)
        d[0][:, inputs[t]] += d_sum
        d[1] += np.outer(d_sum, hiddens[t])
        d[3] += d_sum
        d_next = recurrent.T @ d_sum
    return loss, d, hiddens[-1]


def iterations(ids, vocabulary, rate):
    """Yields (loss, smoothed loss) of every iteration."""
    parameters = initial_weights(vocabulary)
    squares = [np.zeros_like(parameter) for parameter in parameters]
    smoothed, position, carried = STEPS * np.log(vocabulary), 0, np.zeros(HIDDEN)
    while True:
        if position + STEPS + 1 >= len(ids):
            position, carried = 0, np.zeros(HIDDEN)
        loss, d, carried = gradients(
            parameters, ids[position:position + STEPS], ids[position + 1:position + STEPS + 1], carried)
        for parameter, gradient, square in zip(parameters, d, squares):
            np.clip(gradient, -5, 5, out=gradient)
            square += gradient * gradient
            parameter -= rate * gradient / np.sqrt(square + 1e-8)
        smoothed = 0.999 * smoothed + 0.001 * loss
        position += STEPS
        yield float(loss), float(smoothed)


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "min_char_rnn_text.txt")
    with open(path, "rb") as file:
        content = file.read()
    text = content.decode("utf-8")
    characters = sorted(set(text))
    ids = [characters.index(character) for character in text]

    weights = initial_weights(len(characters))
    drawn = chain(text)
    drawn_ids = [characters.index(character) for character in drawn]

    def points(ids, rate, wanted):
        run = enumerate(itertools.islice(iterations(ids, len(characters), rate), max(wanted) + 1))
        return [{"iteration": n, "loss": loss, "smoothed": smoothed} for n, (loss, smoothed) in run if n in wanted]

    print(json.dumps({
        "textSha256": hashlib.sha256(content).hexdigest(),
        "chainSha256": hashlib.sha256(drawn.encode("utf-8")).hexdigest(),
        "chainSeed": CHAIN_SEED,
        "chainLength": CHAIN_LENGTH,
        "vocabulary": len(characters),
        "hidden": HIDDEN,
        "steps": STEPS,
        "seed": SEED,
        "firstWeights": [float(w) for w in weights[0].ravel()[:3]],
        "lastWeights": [float(w) for w in weights[2].ravel()[-3:]],
        "slow": {"learningRate": SLOW_RATE, "points": points(ids, SLOW_RATE, range(0, SLOW_LAST + 1, SLOW_EVERY))},
        "fast": {"learningRate": FAST_RATE, "points": points(ids, FAST_RATE, range(FAST_FIRST))},
        "late": {"learningRate": LATE_RATE, "points": points(drawn_ids, LATE_RATE, [LATE])},
    }, indent=1))


if __name__ == "__main__":
    main()
