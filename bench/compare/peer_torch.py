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
    def __init__(self, cell, symbols, embedding, hidden, layers, residual):
        super().__init__()
        self.residual = residual
        self.embedding = nn.Embedding(symbols, embedding)
        if residual:
            sizes = [embedding] + [hidden] * (layers - 1)
            self.layers = nn.ModuleList([CELLS[cell](size, hidden) for size in sizes])
        else:
            self.layers = nn.ModuleList([CELLS[cell](embedding, hidden, num_layers=layers)])
        self.head = nn.Linear(hidden, symbols)

    def forward(self, ids, states):
        out, after = self.embedding(ids), []
        for number, (layer, state) in enumerate(zip(self.layers, states)):
            result, state = layer(out, state)
            out = out + result if self.residual and number > 0 else result
            after.append(state)
        return self.head(out), after


def main(path, seconds, cell, embedding, hidden, layers, batch, steps, residual, optimizer, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    symbols = {symbol: i for i, symbol in enumerate(sorted(set(text)))}
    ids = torch.tensor([symbols[symbol] for symbol in text])
    v = len(symbols)
    model = LanguageModel(cell, v, embedding or v, hidden, layers, residual)
    rules = {
        "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1),
        "adam": lambda p: torch.optim.Adam(p, lr=2e-3),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=2e-3, alpha=0.95),
    }
    rule = rules[optimizer](model.parameters())
    fresh = [None] * len(model.layers)
    span = (len(ids) - 1) // batch
    position = 0

    def train():
        nonlocal position
        if position + steps + 1 > span:
            position = 0
        rows = [ids[stream * span + position : stream * span + position + steps + 1] for stream in range(batch)]
        window = torch.stack(rows, dim=1)
        position += steps
        rule.zero_grad()
        logits, _ = model(window[:-1], fresh)
        loss = nn.functional.cross_entropy(logits.view(-1, v), window[1:].reshape(-1))
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 5.0)
        rule.step()

    for _ in range(3):
        train()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        train()
        times.append(time.perf_counter() - before)
    step = sorted(times)[len(times) // 2]
    with torch.no_grad():
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
