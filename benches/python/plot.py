"""Draws the ratios of the rows: python plot.py ROWS PICTURE"""

import json
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

PAIRS = {"compiled/cext": ("the C extension", "tab:blue"), "compiled/cffi": ("its cffi backend", "tab:orange"),
         "compiled/raw": ("raw libzstd", "tab:green")}


def main():
    with open(sys.argv[1]) as file:
        rows = [row for row in json.load(file) if row["unit"] != "speed-up" and row["ratios"]]
    rows.reverse()
    if not rows:
        return
    figure, axes = plt.subplots(figsize=(11, 1.5 + 0.19 * len(rows)))
    for number, (pair, (name, colour)) in enumerate(PAIRS.items()):
        drawn = [(place, row) for place, row in enumerate(rows) if row["ratios"].get(pair, [0])[0] > 0]
        places = [place + 0.2 * (1 - number) for place, _ in drawn]
        low, middle, high = ([row["ratios"][pair][index] for _, row in drawn] for index in range(3))
        axes.hlines(places, low, high, color=colour, linewidth=1)
        axes.plot(middle, places, "o", color=colour, markersize=3.5, label=f"compiled wheel to {name}")
        goals = [(row["goals"][pair], place) for place, (_, row) in zip(places, drawn) if pair in row["goals"]]
        axes.plot([goal for goal, _ in goals], [place for _, place in goals], "|", color=colour, markersize=6)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [f"{row['area']}: {row['name']}" for row in rows], fontsize=6)
    axes.set_ylim(-1, len(rows))
    axes.grid(axis="x", linewidth=0.3)
    axes.set_xlabel("time (or memory) as a ratio, with quartiles; |: goal; less is better")
    axes.legend(loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=3, fontsize=7)
    figure.savefig(sys.argv[2], bbox_inches="tight")


if __name__ == "__main__":
    main()
