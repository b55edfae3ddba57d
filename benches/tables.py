"""Tables of the rows from C: on the screen."""


# A change of a count of instructions that is told.
CHANGED = 0.01


def duration(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size * (1 if unit != "us" else 10):
            return f"{ns / size:.4g} {unit}"
    return f"{ns:.1f} ns"


def mark(good):
    return "ok" if good else "MISS"


def print_table(heads, lines):
    """The first column to the left, the others to the right."""
    widths = [max(len(line[i]) for line in [heads, *lines] if len(line) > 1) for i in range(len(heads))]
    widths[0] = max(widths[0], *(len(line[0]) for line in lines))
    for line in [heads, *lines]:
        if len(line) == 1:
            print(f"\n{line[0]}")
        else:
            cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
            print("  ".join(cells).rstrip())


def in_areas(rows, make_line):
    areas = dict.fromkeys(row["area"] for row in rows)
    for area in areas:
        yield [area]
        yield from (["  " + row["name"], *make_line(row)] for row in rows if row["area"] == area)


def time_line(row):
    kind, goal, ratio = row["goal_kind"], row["goal"], row["ratio"]
    spread = f"{row['low']:.3f}-{row['high']:.3f}"
    if kind == "speed_up":
        line = [f"x {row['raw']:.2f}", f"x {row['zst']:.2f}", "", f"{ratio:.3f}", spread]
        if not goal:
            return [*line, "", ""]
        row["met"] = row["zst"] >= goal
        return [*line, f">= {goal:.2f}", mark(row["met"])]
    extra = row["zst"] - row["raw"]
    extra_text = f"{extra:+.0f} ns" if abs(extra) < 10000 else ""
    line = [duration(row["raw"]), duration(row["zst"]), extra_text, f"{ratio:.3f}", spread]
    if kind == "none":
        return [*line, "", ""]
    if kind == "nanoseconds":
        row["met"] = row["zst"] <= goal
        return [*line, f"{goal:g} ns", mark(row["met"])]
    text = f"{goal:g}" + (" I" if kind == "ratio_instructions" else "")
    row["met"] = ratio <= goal
    if row["goal_extra"]:
        text += f", +{row['goal_extra']:g} ns"
        row["met"] = row["met"] and extra <= row["goal_extra"]
    return [*line, text, mark(row["met"])]


def count_line(row):
    kind, goal, before = row["goal_kind"], row["goal"], row.get("before")
    line = [f"{row['raw']:.0f}", f"{row['zst']:.0f}", f"{row['zst'] - row['raw']:+.0f}", f"{row['ratio']:.3f}"]
    line.append(f"{before:.3f}" if before else "")
    if kind == "ratio_of_times":
        return [*line, f"({goal:g})", ""]
    if kind not in ("ratio", "ratio_instructions"):
        return [*line, "", ""]
    row["met"] = row["ratio"] <= goal
    return [*line, f"{goal:g}" + (" I" if kind == "ratio_instructions" else ""), mark(row["met"])]


def figure_line(row):
    if not row["goal"]:
        return [f"{row['value']:.3f} {row['unit']}".strip(), "", ""]
    row["met"] = row["value"] <= row["goal"]
    return [f"{row['value']:.3f} {row['unit']}".strip(), f"{row['goal']:.4g}", mark(row["met"])]


def print_times(rows):
    print_table(["", "raw", "zst", "extra", "zst/raw", "quartiles", "goal", ""], list(in_areas(rows, time_line)))


def print_counts(rows):
    print("\nInstructions per operation (callgrind). I: a goal for instructions; the others are for times,\n"
          "and in brackets where the kernel's part, which is not counted, is what matters. Before: the ratio in counts.json.")
    print_table(["", "raw", "zst", "extra", "zst/raw", "before", "goal", ""], list(in_areas(rows, count_line)))
    for row in rows:
        change = row["ratio"] / row["before"] - 1 if row.get("before") else 0
        if abs(change) > CHANGED:
            print(f"{'Slower' if change > 0 else 'Faster'} than before: {row['area']}: {row['name']}: {change:+.1%}")


def print_figures(rows):
    print_table(["", "figure", "goal", ""], list(in_areas(rows, figure_line)))
