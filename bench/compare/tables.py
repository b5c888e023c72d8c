"""Medians, ratios and Markdown tables of them."""
import statistics


def median(results, key):
    return statistics.median(result[key] for result in results) if results else None


def count(number):
    return f"{number:,.0f}" if number else "–"


def ratio(number, other):
    return f"**{number / other:.1f}×**" if number and other else "–"


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows), ""]
