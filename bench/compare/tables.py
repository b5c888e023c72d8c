"""Medians and ratios, and Markdown tables of them."""
import statistics


def median(results, key):
    return statistics.median(result[key] for result in results) if results else None


def count(number):
    return f"{number:,.0f}" if number else "–"


def ratio(number, other):
    return f"**{number / other:.1f}×**" if number and other else "–"


def publish(text, path):
    """Prints the tables, and writes them to a file if a path is given."""
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    print(text)


def table(head, rows):
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]
