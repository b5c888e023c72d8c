#!/usr/bin/env python3
"""A PyTorch language model of given sizes: training speed and one-stream sampling speed.

usage: peer_torch.py TEXT SECONDS CELL EMBEDDING HIDDEN LAYERS BATCH STEPS RESIDUAL(0|1) OPTIMIZER THREADS
Prints one JSON object.
"""
import json
import sys
import time

import torch
from torch import nn

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class LanguageModel(nn.Module):
    """Embedding, or one-hot symbols for an embedding of 0; recurrent layers; linear head."""

    def __init__(self, cell, symbols, embedding, hidden, layers, residual):
        super().__init__()
        self.residual = residual
        self.embedding = nn.Embedding(symbols, embedding) if embedding else None
        self.register_buffer("one_hot", torch.eye(symbols), persistent=False)
        inputs = embedding or symbols
        if residual:
            sizes = [inputs] + [hidden] * (layers - 1)
            self.layers = nn.ModuleList([CELLS[cell](size, hidden) for size in sizes])
        else:
            self.layers = nn.ModuleList([CELLS[cell](inputs, hidden, num_layers=layers)])
        self.head = nn.Linear(hidden, symbols)

    def forward(self, ids, states):
        out = self.embedding(ids) if self.embedding else nn.functional.embedding(ids, self.one_hot)
        after = []
        for number, (layer, state) in enumerate(zip(self.layers, states)):
            result, state = layer(out, state)
            out = out + result if self.residual and number > 0 else result
            after.append(state)
        return self.head(out), after


def optimizer_of(name, parameters):
    """One kernel for all parameters where this version of PyTorch has one for the processor."""
    kind, settings = {
        "adagrad": (torch.optim.Adagrad, {"lr": 0.1}),
        "adam": (torch.optim.Adam, {"lr": 2e-3}),
        "rmsprop": (torch.optim.RMSprop, {"lr": 2e-3, "alpha": 0.95}),
    }[name]
    try:
        return kind(parameters, **settings, fused=True)
    except (RuntimeError, TypeError):
        return kind(parameters, **settings)


def main(path, seconds, cell, embedding, hidden, layers, batch, steps, residual, optimizer, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    symbols = {symbol: i for i, symbol in enumerate(sorted(set(text)))}
    span = len(text) // batch
    # (span, batch): a window is some rows of it, without a copy.
    ids = torch.tensor([symbols[symbol] for symbol in text[: span * batch]]).view(batch, span).t().contiguous()
    v = len(symbols)
    model = LanguageModel(cell, v, embedding, hidden, layers, residual)
    parameters = list(model.parameters())
    rule = optimizer_of(optimizer, parameters)
    fresh = [None] * len(model.layers)
    position = 0

    def train():
        nonlocal position
        if position + steps + 1 > span:
            position = 0
        inputs, targets = ids[position : position + steps], ids[position + 1 : position + steps + 1]
        position += steps
        rule.zero_grad(set_to_none=True)
        logits, _ = model(inputs, fresh)
        loss = nn.functional.cross_entropy(logits.view(-1, v), targets.view(-1))
        loss.backward()
        nn.utils.clip_grad_value_(parameters, 5.0)
        rule.step()

    for _ in range(3):
        train()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        train()
        times.append(time.perf_counter() - before)
    step = sorted(times)[len(times) // 2]
    with torch.inference_mode():
        symbol, states, written, start = torch.zeros(1, 1, dtype=torch.long), fresh, 0, time.perf_counter()
        while written < 50 or time.perf_counter() - start < seconds / 4:
            logits, states = model(symbol, states)
            symbol = torch.multinomial(torch.softmax(logits[-1, 0], 0), 1).view(1, 1)
            written += 1
        sampled = written / (time.perf_counter() - start)
    print(
        json.dumps({"steps_per_sec": 1 / step, "chars_per_sec": batch * steps / step, "sample_chars_per_sec": sampled})
    )


text_path, duration, kind, *numbers = sys.argv[1:]
e, h, depth, b, t, adds = (int(n) for n in numbers[:6])
main(text_path, float(duration), kind, e, h, depth, b, t, adds == 1, numbers[6], int(numbers[7]))
