#!/usr/bin/env python3
"""A PyTorch classifier of names: speed of training and prediction, or quality.

usage: peer_torch_names.py NAMES_FOLDER RECIPE THREADS speed TEXTS SECONDS
       peer_torch_names.py NAMES_FOLDER RECIPE THREADS quality SEED
Prints one JSON object. TEXTS is a file to predict, one text a line.
"""
import copy
import json
import math
import os
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from typing import NamedTuple

import torch
from torch import nn

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM}
TEST_SHARE, VALIDATION_SHARE = 0.15, 0.05
BATCH, BATCHES_IN_POOL, PREDICTED_BATCH = 64, 16, 256
PADDING, UNKNOWN, OWN_IDS = 0, 1, 2
WARM_UP_BATCHES, BATCHES_IN_STRETCH, MIN_STRETCHES = 10, 5, 10


class Recipe(NamedTuple):
    cell: str = "lstm"
    embedding: int = 64  # 0 feeds characters one-hot
    hidden: int = 256
    both: bool = True
    optimizer: str = "adam"
    rate: float = 3e-3
    clip: float = math.inf
    epochs: int = 25
    cosine: bool = False
    warm_up: int = 0
    embedding_dropout: float = 0
    output_dropout: float = 0
    character_dropout: float = 0
    smoothing: float = 0
    validates: bool = False  # hold records out, and keep the epoch that is best on them


RECIPES = {
    # Networks without regularisation, for the measurement of speed.
    "lstm-256": Recipe(clip=1),
    "rnn-128": Recipe(cell="rnn", embedding=0, hidden=128, both=False, optimizer="sgd", rate=0.15, clip=3),
    # charrnn's defaults.
    "same": Recipe(
        clip=1,
        cosine=True,
        warm_up=50,
        embedding_dropout=0.15,
        output_dropout=0.5,
        character_dropout=0.02,
        smoothing=0.1,
        validates=True,
    ),
    # A plain first attempt.
    "plain": Recipe(hidden=128, rate=1e-3, epochs=12),
}


class Classifier(nn.Module):
    def __init__(self, symbols, labels, recipe):
        super().__init__()
        self.symbols = symbols
        self.embedding = nn.Embedding(symbols, recipe.embedding, padding_idx=PADDING) if recipe.embedding else None
        self.embedding_dropout = nn.Dropout(recipe.embedding_dropout)
        self.recurrent = CELLS[recipe.cell](recipe.embedding or symbols, recipe.hidden, bidirectional=recipe.both)
        self.output_dropout = nn.Dropout(recipe.output_dropout)
        self.head = nn.Linear(recipe.hidden * (2 if recipe.both else 1), labels)

    def forward(self, ids, lengths):
        inputs = self.embedding(ids) if self.embedding else nn.functional.one_hot(ids, self.symbols).float()
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding_dropout(inputs), lengths)
        _, state = self.recurrent(packed)
        last = state[0] if isinstance(state, tuple) else state
        return self.head(self.output_dropout(torch.cat(tuple(last), dim=1)))


class Parts(NamedTuple):
    train: list
    validation: list
    test: list


def read(folder):
    """Labels, and distinct (text, label) pairs."""
    labels, records = [], {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8-sig") as file:
            texts = [line.strip() for line in file]
        records.update({(text, len(labels)): None for text in texts if text})
        labels.append(os.path.splitext(name)[0])
    return labels, list(records)


def split(records, share, rng):
    """Holds out a share of each label's records; a text of several labels is wholly in one part."""
    by_text, by_label = defaultdict(list), defaultdict(list)
    for text, label in records:
        by_text[text].append(label)
    for text, its_labels in by_text.items():
        by_label[its_labels[0]].append(text)
    held_out = set()
    for texts in by_label.values():
        rng.shuffle(texts)
        held_out.update(texts[: max(1, round(share * len(texts)))])
    kept = [record for record in records if record[0] not in held_out]
    return kept, [record for record in records if record[0] in held_out]


def parts_of(records, recipe, rng):
    rest, test = split(records, TEST_SHARE, rng)
    train, validation = split(rest, VALIDATION_SHARE, rng) if recipe.validates else (rest, [])
    return Parts(train, validation, test)


def vocabulary_of(texts):
    """Ids of the characters that occur in at least two texts."""
    counts = Counter(symbol for text in texts for symbol in set(text))
    return {symbol: i for i, symbol in enumerate(sorted(symbol for symbol in counts if counts[symbol] > 1), OWN_IDS)}


def encode(texts, vocabulary):
    return [torch.tensor([vocabulary.get(symbol, UNKNOWN) for symbol in text]) for text in texts]


def side_by_side(sequences):
    """(T, B) padded ids and (B) lengths, the longest first, as packing requires."""
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return nn.utils.rnn.pad_sequence(sequences, padding_value=PADDING), lengths


def epoch(encoded, labels, rng):
    """Batches of similar lengths: each pool of records is sorted by length, and batches come in random order."""
    order = list(range(len(encoded)))
    rng.shuffle(order)
    pool = BATCH * BATCHES_IN_POOL
    for start in range(0, len(order), pool):
        order[start : start + pool] = sorted(order[start : start + pool], key=lambda i: -len(encoded[i]))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    for batch in batches:
        yield (*side_by_side([encoded[i] for i in batch]), labels[batch])


class Training:
    """A model, its optimizer and its data, during training."""

    def __init__(self, records, label_count, recipe, seed):
        torch.manual_seed(seed)
        self.recipe, self.rng = recipe, random.Random(seed)
        self.parts = parts_of(records, recipe, self.rng)
        texts, labels = zip(*self.parts.train)
        self.vocabulary = vocabulary_of(texts)
        self.encoded, self.labels = encode(texts, self.vocabulary), torch.tensor(labels)
        self.model = Classifier(len(self.vocabulary) + OWN_IDS, label_count, recipe)
        parameters = self.model.parameters()
        self.optimizer = (
            torch.optim.SGD(parameters, lr=recipe.rate)
            if recipe.optimizer == "sgd"
            else torch.optim.Adam(parameters, lr=recipe.rate, betas=(0.9, 0.99))
        )
        self.loss = nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
        self.steps = 0
        self.planned = recipe.epochs * math.ceil(len(texts) / BATCH)

    def batches(self):
        return epoch(self.encoded, self.labels, self.rng)

    def step(self, ids, lengths, labels):
        if self.recipe.character_dropout:
            ids = ids.masked_fill((torch.rand(ids.shape) < self.recipe.character_dropout) & (ids != PADDING), UNKNOWN)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.zero_grad()
        self.loss(self.model(ids, lengths), labels).backward()
        if self.recipe.clip < math.inf:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.optimizer.step()
        self.steps += 1

    def rate(self):
        warmth = min(1, (self.steps + 1) / self.recipe.warm_up) if self.recipe.warm_up else 1
        left = 0.5 * (1 + math.cos(math.pi * self.steps / self.planned)) if self.recipe.cosine else 1
        return self.recipe.rate * warmth * left

    def predict(self, texts):
        """(N, K) probabilities; texts of similar lengths are in one batch."""
        encoded = encode(texts, self.vocabulary)
        order = sorted(range(len(texts)), key=lambda i: -len(encoded[i]))
        self.model.eval()
        with torch.no_grad():
            batches = [order[start : start + PREDICTED_BATCH] for start in range(0, len(order), PREDICTED_BATCH)]
            sorted_answers = torch.cat(
                [torch.softmax(self.model(*side_by_side([encoded[i] for i in batch])), dim=1) for batch in batches]
            )
        self.model.train()
        answers = torch.empty_like(sorted_answers)
        answers[torch.tensor(order)] = sorted_answers
        return answers

    def score(self, records):
        """Accuracy, and macro accuracy: the mean recall of the labels."""
        texts, labels = zip(*records)
        labels = torch.tensor(labels)
        right = (self.predict(texts).argmax(dim=1) == labels).double()
        return right.mean().item(), statistics.mean(right[labels == label].mean().item() for label in labels.unique())


def measure_speed(training, path, seconds):
    """Texts per second: the median of short stretches of training, and prediction of a file with top-3 labels."""

    def endless():
        while True:
            yield from training.batches()

    batches, rates = endless(), []
    for _ in range(WARM_UP_BATCHES):
        training.step(*next(batches))
    start = time.perf_counter()
    while len(rates) < MIN_STRETCHES or time.perf_counter() - start < seconds:
        count, before = 0, time.perf_counter()
        for _ in range(BATCHES_IN_STRETCH):
            ids, lengths, labels = next(batches)
            training.step(ids, lengths, labels)
            count += len(labels)
        rates.append(count / (time.perf_counter() - before))
    start = time.perf_counter()
    with open(path, encoding="utf-8") as file:
        texts = [line.strip() for line in file]
    likeliest = training.predict(texts).topk(3)
    answers = list(zip(likeliest.values.tolist(), likeliest.indices.tolist()))
    return {
        "texts_per_sec": statistics.median(rates),
        "predicted_per_sec": len(answers) / (time.perf_counter() - start),
    }


def measure_quality(training):
    start, best, kept = time.perf_counter(), -1.0, None
    for _ in range(training.recipe.epochs):
        for batch in training.batches():
            training.step(*batch)
        if training.recipe.validates and (reached := training.score(training.parts.validation)[0]) > best:
            best, kept = reached, copy.deepcopy(training.model.state_dict())
    seconds = time.perf_counter() - start
    if kept:
        training.model.load_state_dict(kept)
    accuracy, macro = training.score(training.parts.test)
    return {
        "accuracy": accuracy,
        "macro_accuracy": macro,
        "seconds": seconds,
        "best_val_accuracy": best if kept else None,
        "train": len(training.parts.train),
        "validation": len(training.parts.validation),
        "test": len(training.parts.test),
    }


def main(folder, recipe, threads, task, *rest):
    torch.set_num_threads(int(threads))
    labels, records = read(folder)
    seed = int(rest[0]) if task == "quality" else 1
    training = Training(records, len(labels), RECIPES[recipe], seed)
    print(
        json.dumps(measure_quality(training) if task == "quality" else measure_speed(training, rest[0], float(rest[1])))
    )


main(*sys.argv[1:])
