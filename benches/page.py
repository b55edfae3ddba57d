"""The figures in docs/performance.md, between its two marks."""

import os
import platform
import subprocess
import time

from python import tables as python_tables
from tables import duration

BEGIN, END = "<!-- figures: benches/run.py --markdown -->", "<!-- end of figures -->"


def machine(compiler):
    """On what it is measured, and when."""
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    release = platform.freedesktop_os_release()
    version = subprocess.run([*compiler, "-dumpfullversion"], stdout=subprocess.PIPE, text=True).stdout.strip()
    text = (f"{os.cpu_count()} logical CPUs ({models[0] if models else platform.machine()}), {release['NAME']} {release.get('VERSION_ID', '')}, "
            f"{platform.python_implementation()} {platform.python_version()}, {compiler[0]} {version}; "
            f"load {os.getloadavg()[0]:.2f} at the beginning")
    return {"text": text, "date": time.strftime("%Y-%m-%d")}


def table(heads, areas_of_lines):
    """A Markdown table; areas are lines of their own."""
    yield "| " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for area, lines in areas_of_lines:
        yield f"| **{area}** |" + " |" * (len(heads) - 1)
        for line in lines:
            yield "| " + " | ".join(line) + " |"


def marked(text, goal, mark):
    """A figure with its goal in brackets; bold where it misses it."""
    if mark is None:
        return text
    return {"ok": f"{text} ({goal})", "~": f"~{text} ({goal})", "MISS": f"**{text}** ({goal})"}[mark]


def ratio(row, pair):
    if pair not in row["ratios"]:
        return ""
    goal = row["goals"].get(pair)
    return marked(f"{row['ratios'][pair][1]:.2f}", goal and python_tables.number(goal), row["marks"].get(pair))


def python_line(row):
    value = python_tables.value_text(row, "compiled")
    if "limit" in row["marks"]:
        value = marked(value, python_tables.limit(row), row["marks"]["limit"])
    pairs = ["compiled/cext", "compiled/cffi", "compiled/raw", "compiled/pyzstd", "compiled/backports"]
    return [row["name"], value, *(ratio(row, pair) for pair in pairs), python_tables.value_text(row, "pure"),
            ratio(row, "pure/cffi"), ratio(row, "pure/raw")]


def c_line(row):
    mark = {True: "ok", False: "MISS"}.get(row.get("met"))
    if row["kind"] == "figure":
        return [row["name"], "", marked(f"{row['value']:.3f} {row['unit']}".strip(), f"{row['goal']:.4g}", mark), ""]
    goal = f"{row['goal']:.4g}"
    if row["goal_kind"] == "speed_up":
        return [row["name"], f"x {row['raw']:.2f}", marked(f"x {row['zst']:.2f}", goal, mark), f"{row['ratio']:.2f}"]
    values = [duration(row["raw"]), duration(row["zst"])]
    if row["goal_kind"] == "nanoseconds":
        return [row["name"], values[0], marked(values[1], f"{goal} ns", mark), f"{row['ratio']:.3f}"]
    if row["goal_extra"]:
        goal += f", +{row['goal_extra']:g} ns"
    return [row["name"], *values, marked(f"{row['ratio']:.3f}", goal, mark)]


def by_area(rows, line):
    for area in dict.fromkeys(row["area"] for row in rows):
        yield area, [line(row) for row in rows if row["area"] == area]


def lines(figures):
    yield f"Measured on {figures['machine']['date']}: {figures['machine']['text']}."
    yield ""
    through = [row for row in figures["rows"] if row["kind"] == "python"]
    if through:
        yield "### Through Python"
        yield ""
        yield from (f"- {sentence}" for sentence in python_tables.summary(through))
        yield ""
        heads = ["compiled", "to C ext", "to cffi", "to raw", "to pyzstd", "to backports", "pure", "to cffi", "to raw"]
        yield from table(["", *heads], by_area(through, python_line))
        yield ""
    from_c = [row for row in figures["rows"] if row["kind"] in ("time", "figure")]
    if from_c:
        judged = [row for row in from_c if "met" in row]
        yield "### From C"
        yield ""
        yield f"{sum(row['met'] for row in judged)} of {len(judged)} rows with a goal meet it."
        yield ""
        yield from table(["", "raw", "zst", "zst to raw"], by_area(from_c, c_line))
        yield ""


def refresh(path, figures):
    text = path.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines(figures)) + f"{END}{after}")
