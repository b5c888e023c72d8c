#!/usr/bin/env python3
"""Figures of a run's samples at several steps: a Markdown table from its samples.jsonl and its training text.

usage: stages.py RUN TEXT [--steps 25,50,100,200,400,800,1600,3000]
"""
import argparse
import json
import os
import re

WORD = re.compile(r"[A-Za-z']+")
# The end of a sentence, with the two characters after it: a space or line end, then a capital.
SENTENCE_END = re.compile(r"[.!?](?=(.{2}))", re.DOTALL)


def figures(text, words, speakers):
    found = WORD.findall(text)
    lengths = [len(word) for word in found]
    ends = [match.group(1) for match in SENTENCE_END.finditer(text)]
    starts = sum(1 for end in ends if end[0] in " \n" and (end[1].isupper() or end[1] == "\n"))
    lines = text.split("\n")
    # A speaker: a short line that ends in a colon, after an empty line.
    heads = [line for before, line in zip(lines, lines[1:]) if before == "" and line]
    named = [line for line in heads if line.endswith(":") and len(line) < 40]
    return {
        "spaces and line ends": sum(c in " \n" for c in text) / len(text),
        "mean word length": sum(lengths) / max(1, len(lengths)),
        "real words": sum(word.lower() in words for word in found) / max(1, len(found)),
        "real words of 5 letters and more": share([word.lower() in words for word in found if len(word) >= 5]),
        "sentences begun with a capital": starts / len(ends) if ends else None,
        "paragraphs opened by a speaker": len(named) / len(heads) if heads else None,
        "speakers that exist": share([line in speakers for line in named]),
        "brackets for 1,000 characters": sum(c in "([{" for c in text) / len(text) * 1000,
        "brackets closed": share(brackets_closed(text)),
        "brackets closed after 50 characters and more": share(brackets_closed(text, least=50)),
    }


def brackets_closed(text, least=0):
    """Whether each bracket is closed; with LEAST, of those open for so many characters. Brackets cut off by the end are
    left out."""
    closers, hits, opened = {")": "(", "]": "[", "}": "{"}, [], []
    for place, c in enumerate(text):
        if c in "([{":
            opened.append((c, place))
        elif c in closers:
            while opened and opened[-1][0] != closers[c] and any(bracket == closers[c] for bracket, _ in opened):
                _, start = opened.pop()
                if place - start >= least:
                    hits.append(False)
            if opened and opened[-1][0] == closers[c]:
                _, start = opened.pop()
                if place - start >= least:
                    hits.append(True)
    # Brackets still open after longer than almost all closed ones count as not closed.
    return hits + [False for _, start in opened if len(text) - start > 2000]


def share(hits):
    return sum(hits) / len(hits) if hits else None


def formatted(name, value):
    if value is None:
        return "–"
    if "length" in name:
        return f"{value:.2f}"
    return f"{value:.1f}" if "1,000" in name else f"{value:.0%}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("text")
    parser.add_argument("--steps", default="25,50,100,200,400,800,1600,3000")
    options = parser.parse_args()
    with open(options.text, encoding="utf-8") as file:
        text = file.read()
    words = {word.lower() for word in WORD.findall(text)}
    speakers = {line for line in text.split("\n") if line.endswith(":")}
    wanted = [int(step) for step in options.steps.split(",")]
    with open(os.path.join(options.run, "samples.jsonl"), encoding="utf-8") as file:
        samples = {sample["step"]: sample["text"] for sample in map(json.loads, file)}
    columns = {f"{step:,}": figures(samples[step], words, speakers) for step in wanted if step in samples}
    columns["the text"] = figures(text, words, speakers)
    # Figures that are zero in the text itself are left out.
    names = [name for name, value in columns["the text"].items() if value]
    print(f"| step | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name in names:
        print(f"| {name} | {' | '.join(formatted(name, column[name]) for column in columns.values())} |")


if __name__ == "__main__":
    main()
