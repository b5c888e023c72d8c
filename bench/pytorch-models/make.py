#!/usr/bin/env python3
"""Makes small models in PyTorch, with vocabularies and labels in no order, and what PyTorch computes with them.

usage: make.py FOLDER
Writes one .safetensors file a model and expected.json, which the tests compare CharRnn's own results with; FOLDER is
test/CharRnn.Tests/Fixtures/PyTorchModels. PyTorch alone is needed (its version is in expected.json).
"""
import json
import os
import struct
import sys

import torch
from torch import nn
from torch.nn import functional

BOUNDARY, UNKNOWN = 0x110000, 0x110001
CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64"}
# Larger than PyTorch's own, so that a wrong row or gate shows.
WEIGHT_RANGE = 0.8

SYMBOLS = [ord(c) for c in "zeahło \nbMżq"] + [0x1F409]
LABELS = ["Polish", "Arabic", "Ελληνικά", "Czech"]
TEXTS = ["żołq", "hołe ba\nz", "q", "Mazełba \U0001F409 qqbh"]


class Network(nn.Module):
    """What language models and classifiers have in common; the attributes' names are the tensors' names."""

    def __init__(self, cell, symbols, hidden, layers, embedding, both=False, label_count=0, label_embedding=0):
        super().__init__()
        self.symbols, self.label_count = symbols, label_count
        self.embedding = nn.Embedding(symbols, embedding) if embedding else None
        self.label_embedding = nn.Embedding(label_count, label_embedding) if label_embedding else None
        inputs = (embedding or symbols) + (label_embedding or label_count)
        self.rnn = CELLS[cell](inputs, hidden, layers, batch_first=True, bidirectional=both)

    def read(self, ids, label=None):
        x = self.embedding(ids) if self.embedding else functional.one_hot(ids, self.symbols).to(self.dtype)
        if label is not None:
            labels = torch.full_like(ids, label)
            y = self.label_embedding(labels) if self.label_embedding else functional.one_hot(labels, self.label_count)
            x = torch.cat([x, y.to(self.dtype)], dim=-1)
        return x

    @property
    def dtype(self):
        return self.rnn.weight_hh_l0.dtype


class LanguageModel(Network):
    def __init__(self, cell, symbols, hidden, layers, embedding, activations=(None, None), **more):
        super().__init__(cell, symbols, hidden, layers, embedding, **more)
        self.activations = activations
        self.head = nn.Linear(hidden, symbols)

    def log_probabilities(self, ids, label=None, reset=None):
        x = apply(self.activations[0], self.read(ids, label))
        outputs, state = [], None
        for t in range(ids.shape[1]):
            y, state = self.rnn(x[:, t : t + 1], None if ids[0, t] == reset else state)
            outputs.append(y)
        logits = self.head(apply(self.activations[1], torch.cat(outputs, dim=1)))
        return functional.log_softmax(logits[0], dim=-1)


class Classifier(Network):
    def __init__(self, cell, symbols, hidden, layers, embedding, both, pooling, labels):
        super().__init__(cell, symbols, hidden, layers, embedding, both)
        self.both, self.pooling = both, pooling
        width = hidden * (2 if both else 1)
        self.attention = nn.Linear(width, 1, bias=False) if pooling == "attention" else None
        self.head = nn.Linear(width, labels)

    def log_probabilities(self, ids):
        y, state = self.rnn(self.read(ids))
        if self.pooling == "mean":
            pooled = y.mean(dim=1)
        elif self.pooling == "attention":
            pooled = (torch.softmax(self.attention(y), dim=1) * y).sum(dim=1)
        else:
            hidden = state[0] if isinstance(state, tuple) else state
            pooled = torch.cat([hidden[-2], hidden[-1]], dim=-1) if self.both else hidden[-1]
        return functional.log_softmax(self.head(pooled)[0], dim=-1)


def apply(activation, x):
    return {None: lambda: x, "relu": lambda: torch.relu(x), "tanh": lambda: torch.tanh(x)}[activation]()


def draw(network, dtype):
    """Draws the weights, and rounds them to what the file will hold; everything is then computed in F64."""
    with torch.no_grad():
        for weight in network.parameters():
            weight.uniform_(-WEIGHT_RANGE, WEIGHT_RANGE)
    return network.to(dtype).to(torch.float64)


def save(path, network, dtype, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in network.state_dict().items():
        tensor = tensor.to(dtype).contiguous()
        # bfloat16 has no NumPy type: its bytes are taken as those of integers.
        raw = tensor.view(torch.int16).numpy().tobytes() if tensor.element_size() == 2 else tensor.numpy().tobytes()
        header[name] = {
            "dtype": TYPES[dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def encode(text, symbols):
    return torch.tensor([[symbols.index(ord(c)) for c in text]])


def rounded(tensor):
    return [[float(f"{value:.7g}") for value in row] for row in tensor.tolist()]


def language_model(
    folder, name, cell, hidden, layers, embedding, biases, dtype=torch.float32, activations=(None, None),
    labels=(), label_embedding=0, is_records=False,
):
    symbols = ([BOUNDARY] if is_records else []) + SYMBOLS
    symbols = symbols[3:] + symbols[:3]
    network = draw(
        LanguageModel(
            cell, len(symbols), hidden, layers, embedding, activations,
            label_count=len(labels), label_embedding=label_embedding,
        ),
        dtype,
    )
    spec = {
        "cell": cell, "vocabulary_size": len(symbols), "hidden_size": hidden, "num_layers": layers,
        "embedding_size": embedding, "biases": biases,
        "embedding_activation": activations[0] or "none", "head_activation": activations[1] or "none",
    }
    metadata = {"format": "charrnn.language-model.1", "vocabulary": json.dumps(symbols), "encoding": "utf-8"}
    reset = symbols.index(BOUNDARY) if is_records else None
    if is_records:
        spec["reset_id"] = reset
    if labels:
        spec |= {"label_count": len(labels), "label_embedding_size": label_embedding}
        metadata["labels"] = json.dumps(labels)
    metadata["model"] = json.dumps(spec)
    save(os.path.join(folder, name + ".safetensors"), network, dtype, metadata)
    cases = []
    for text in TEXTS:
        for label in range(len(labels)) if labels else [None]:
            ids = encode(text, symbols)
            if is_records:
                edge = torch.tensor([[reset]])
                ids = torch.cat([edge, ids, edge, ids], dim=1)
            cases.append({
                "symbols": [symbols[i] for i in ids[0].tolist()],
                "label": None if label is None else labels[label],
                "logProbabilities": rounded(network.log_probabilities(ids, label, reset)),
            })
    return {"file": name + ".safetensors", "symbols": symbols, "labels": list(labels), "type": TYPES[dtype], "cases": cases}


def classifier(folder, name, cell, hidden, layers, embedding, biases, both, pooling, dtype=torch.float32):
    symbols = [UNKNOWN] + SYMBOLS[5:] + SYMBOLS[:5]
    labels = LABELS[2:] + LABELS[:2]
    network = draw(Classifier(cell, len(symbols), hidden, layers, embedding, both, pooling, len(labels)), dtype)
    spec = {
        "cell": cell, "vocabulary_size": len(symbols), "label_count": len(labels), "hidden_size": hidden,
        "num_layers": layers, "embedding_size": embedding, "bidirectional": both, "pooling": pooling, "biases": biases,
    }
    metadata = {
        "format": "charrnn.sequence-classifier.1", "model": json.dumps(spec), "vocabulary": json.dumps(symbols),
        "encoding": "utf-8", "labels": json.dumps(labels),
    }
    save(os.path.join(folder, name + ".safetensors"), network, dtype, metadata)
    cases = [
        {
            "symbols": [ord(c) for c in text],
            "label": None,
            "logProbabilities": rounded(network.log_probabilities(encode(text, symbols))[None]),
        }
        for text in TEXTS
    ]
    return {"file": name + ".safetensors", "symbols": symbols, "labels": labels, "type": TYPES[dtype], "cases": cases}


def main():
    folder = sys.argv[1]
    torch.manual_seed(20261130)
    with torch.no_grad():
        models = [
            language_model(folder, "lm-rnn-1", "rnn", 9, 1, 5, "single"),
            language_model(folder, "lm-gru-1", "gru", 8, 1, 6, "double", is_records=True),
            language_model(folder, "lm-gru-2", "gru", 11, 2, 0, "single", dtype=torch.float16),
            language_model(folder, "lm-lstm-1", "lstm", 8, 1, 0, "single", dtype=torch.float64),
            language_model(folder, "lm-lstm-2", "lstm", 10, 2, 7, "double", activations=("relu", "tanh")),
            language_model(folder, "lm-labelled", "gru", 8, 2, 5, "single", labels=LABELS, label_embedding=3),
            language_model(folder, "lm-labelled-one-hot", "lstm", 8, 1, 0, "double", labels=LABELS),
            classifier(folder, "classifier-rnn-1", "rnn", 9, 1, 0, "single", False, "last"),
            classifier(folder, "classifier-rnn-2-both", "rnn", 8, 2, 5, "double", True, "mean"),
            classifier(folder, "classifier-gru-1-both", "gru", 8, 1, 6, "single", True, "last", dtype=torch.bfloat16),
            classifier(folder, "classifier-gru-2-both", "gru", 9, 2, 0, "double", True, "attention"),
            classifier(folder, "classifier-lstm-1", "lstm", 8, 1, 5, "double", False, "attention"),
            classifier(folder, "classifier-lstm-2-both", "lstm", 8, 2, 5, "single", True, "last"),
            classifier(folder, "classifier-lstm-2", "lstm", 10, 2, 6, "single", False, "mean"),
        ]
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump({"torch": torch.__version__, "models": models}, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
