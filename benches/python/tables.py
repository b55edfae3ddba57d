"""Tables of the comparison through Python: on the screen."""

import math

NAMES = {"raw": "raw", "cext": "C ext", "cffi": "cffi", "pyzstd": "pyzstd", "backports": "backports"}
WORST = 1.05
# What is not told apart from a goal.
TOLERANCE = 1.005
GEOMETRIC_MEAN = 0.9


# ---- Judging ----


def judge(low, middle, high, goal, at_least=False):
    """Met, missed, or not to be told: the goal lies between the quartiles."""
    if at_least:
        low, middle, goal = -high, -middle, -goal
        return "ok" if middle <= goal else "~" if low <= goal else "MISS"
    return "ok" if middle <= goal * TOLERANCE else "~" if low <= goal else "MISS"


def judge_row(row):
    """Writes `marks` into the row: of each goal by pair, and of the limit."""
    marks = {pair: judge(*row["ratios"][pair], goal) for pair, goal in row["goals"].items() if pair in row["ratios"]}
    ours = row["values"].get("compiled")
    if row["limit"] and ours:
        marks["limit"] = judge(*ours, row["limit"], at_least=row["unit"] == "speed-up")
    row["marks"] = marks
    row["met"] = "MISS" not in marks.values()
    return row


def geometric_mean(rows, pair):
    """Over rows of times and memory; and over how many."""
    ratios = [row["ratios"][pair][1] for row in rows if row["counts"] and row["ratios"].get(pair, [0, 0])[1] > 0]
    return (math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None), len(ratios)


# ---- Text ----


def value_text(row, side):
    if side not in row["values"]:
        return ""
    return in_unit(row["values"][side][1], row["unit"])


def in_unit(value, unit):
    if unit == "speed-up":
        return f"x {value:.2f}"
    if unit != "ns":
        return f"{value:.3f}"
    for name, least, size in (("s", 1e9, 1e9), ("ms", 1e6, 1e6), ("us", 1e4, 1e3)):
        if abs(value) >= least:
            return f"{value / size:.3g} {name}"
    return f"{value:.0f} ns"


def number(value):
    return f"{value:.2f}".lstrip("0") if value < 1 else f"{value:.4g}"


def ratio_text(row, pair, spread=False):
    """A ratio, its quartiles, the goal and whether it is met."""
    if pair not in row["ratios"]:
        return ""
    low, middle, high = row["ratios"][pair]
    text = f"{middle:.3f}"
    if spread:
        text += f" ({low:.2f}-{high:.2f})"
    if pair in row["goals"]:
        instructions = "I" if row["instructions"] and pair.endswith("/raw") else ""
        text += f" <{number(row['goals'][pair])}{instructions} {row['marks'][pair]}"
    return text


def limit(row):
    return f"{row['limit']:g} ns" if row["unit"] == "ns" and row["limit"] < 1000 else in_unit(row["limit"], row["unit"])


def limit_text(row):
    if "limit" not in row["marks"]:
        return ""
    return f"{'>' if row['unit'] == 'speed-up' else '<'}{limit(row)} {row['marks']['limit']}"


HEADS = ["", "compiled", "limit", "/C ext (quartiles) goal", "/cffi goal", "/raw goal", "/pyzstd", "/backports", "pure",
         "/raw goal", "/cffi goal"]


def cells(row):
    return [row["name"], value_text(row, "compiled"), limit_text(row), ratio_text(row, "compiled/cext", spread=True),
            *(ratio_text(row, f"compiled/{other}") for other in ("cffi", "raw", "pyzstd", "backports")),
            value_text(row, "pure"), ratio_text(row, "pure/raw"), ratio_text(row, "pure/cffi")]


def areas(rows):
    return dict.fromkeys(row["area"] for row in rows)


def summary(rows):
    """Sentences about all rows."""
    for pair, other in (("compiled/cext", "the C extension"), ("compiled/cffi", "its cffi backend"),
                        ("pure/cffi", "the cffi backend, pure wheel")):
        mean, count = geometric_mean(rows, pair)
        if mean:
            goal = f" (goal {GEOMETRIC_MEAN})" if pair == "compiled/cext" else ""
            yield f"Geometric mean of {count} rows against {other}: {mean:.3f}{goal}"
    slow = [row for row in rows if row["counts"] and row["ratios"].get("compiled/cext", [0, 0])[1] > WORST]
    for row in sorted(slow, key=lambda row: -row["ratios"]["compiled/cext"][1]):
        yield f"Above {WORST} of the C extension: {row['area']}: {row['name']}: {row['ratios']['compiled/cext'][1]:.2f}"
    marks = [mark for row in rows for mark in row["marks"].values()]
    yield (f"{len(rows)} rows, {len(marks)} goals: {marks.count('ok')} met, {marks.count('~')} within the quartiles, "
           f"{marks.count('MISS')} missed")


LEGEND = """
Through Python: medians for an operation, CPU time of the process, wall clock for 2 threads; ratio (quartiles) <goal.
I: the goal was set for instructions. ~: the goal lies between the quartiles."""


def print_rows(rows):
    print(LEGEND)
    lines = [HEADS, *([cell for cell in cells(row)] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    widths[0] += 2

    def show(line):
        others = (cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))
        print("  ".join([line[0].ljust(widths[0]), *others]).rstrip())

    show(HEADS)
    for area in areas(rows):
        print(f"\n{area}")
        for row in rows:
            if row["area"] == area:
                line = cells(row)
                show(["  " + line[0], *line[1:]])
    print()
    for sentence in summary(rows):
        print(sentence)
