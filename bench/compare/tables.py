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


def figure(numbers):
    """The median, with the least and the greatest where there are several: 12 [11–14]."""
    return spread(numbers, count)


def times(numbers, others):
    """How many times as large numbers are as others, round by round: **1.52×** [1.47–1.60]."""
    ratios = [number / other for number, other in zip(numbers, others) if number and other]
    if not ratios:
        return "–"
    text = spread(ratios, lambda number: f"{number:.2f}" if number < 10 else f"{number:.1f}")
    middle, _, limits = text.partition(" ")
    return f"**{middle}×** {limits}".strip()


def share(numbers):
    """A share of a whole: 58% [55–60%]."""
    return spread(numbers, lambda number: f"{number:.0%}")


def spread(numbers, text_of):
    middle, least, greatest = text_of(statistics.median(numbers)), text_of(min(numbers)), text_of(max(numbers))
    return f"{middle} [{least.rstrip('%')}–{greatest}]" if len(numbers) > 1 else middle
