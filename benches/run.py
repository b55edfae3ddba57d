"""Builds and runs the benchmarks, and prints tables with the goals beside the figures.

    python3 benches/run.py                   times and memory
    python3 benches/run.py --counts          instruction counts (needs valgrind and its headers)
    python3 benches/run.py --only TEXT       rows with TEXT in their area or name
    python3 benches/run.py --part c          only from C, or only through Python (--part python)
    python3 benches/run.py --json FILE       all figures as JSON

From C, both sides use the libzstd that cargo has built: one through libzst.so, the other as the static library from which
libzst.so was made. Corpora are made once, below target/bench, from what a Rust installation has. Batches are
also compared with the C extension of the wheel zstandard, which pip installs below target/.
"""

import argparse
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from python import tables

ROOT = Path(__file__).resolve().parent.parent
BENCHES = ROOT / "benches"
STAGE = ROOT / "target" / "stage"
WORK = ROOT / "target" / "bench"
CORPORA = WORK / "corpora"
COMPILER = os.environ.get("CC", "cc").split()

SOURCES_SIZE = 64 << 20
PROGRAM_SIZE = 64 << 20
RECORDS = 12000
TEXT_FILES = {".rs", ".toml", ".md", ".c", ".h"}


# ---- Corpora ----


def source_files():
    """The sources in cargo's registry, as (crate, path), in an order that does not depend on the file system."""
    registry = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "registry" / "src"
    files = [path for path in registry.glob("*/*/**/*") if path.suffix in TEXT_FILES and path.is_file()]
    return sorted((path.relative_to(registry).parts[1:], path) for path in files)


def make_sources(files):
    joined = bytearray()
    used = 0
    for _, path in files:
        if len(joined) >= SOURCES_SIZE:
            break
        joined += path.read_bytes()
        used += 1
    return bytes(joined[:SOURCES_SIZE]), f"{used} source files of the crates in cargo's registry"


def make_program():
    """The compiler's own shared library; what comes first in it, if it is long."""
    sysroot = Path(subprocess.check_output(["rustc", "--print", "sysroot"], text=True).strip())
    libraries = sorted((sysroot / "lib").glob("librustc_driver*"), key=lambda path: path.stat().st_size)
    if not libraries:
        sys.exit("no librustc_driver in the compiler's sysroot")
    with libraries[-1].open("rb") as file:
        return file.read(PROGRAM_SIZE), "the compiler's shared library, librustc_driver"


def make_records(files):
    """JSON lines of 160 to 1000 bytes, most of them around 340, each about a few lines of a source file."""
    rows = []
    files = [(parts, path) for parts, path in files if path.suffix == ".rs"]
    files = files[:: max(1, len(files) // 3000)]
    while len(rows) < RECORDS:
        before = len(rows)
        for number, (parts, path) in enumerate(files):
            lines = path.read_text("utf-8", "replace").splitlines()
            digest = hashlib.sha256(f"{len(rows)} {number}".encode()).digest()
            chance = int.from_bytes(digest[:4], "little")
            if len(lines) < 20:
                continue
            start = chance % (len(lines) - 10)
            crate, _, version = parts[0].rpartition("-")
            text = ""
            wanted = 60 + digest[4] // 2 + (digest[5] * 3 if digest[6] > 200 else 0)
            for line in lines[start:]:
                text += line.strip() + " "
                if len(text) > wanted:
                    break
            record = {
                "id": f"{chance:08x}",
                "crate": crate,
                "version": version,
                "file": "/".join(parts[1:]),
                "line": start + 1,
                "public": "pub " in text,
                "score": round(digest[7] / 255, 3),
                "time": f"2024-{digest[8] % 12 + 1:02}-{digest[9] % 28 + 1:02}T{digest[10] % 24:02}:00:00Z",
                "tags": [("fn", "struct", "impl", "use", "mod", "test")[digest[12] % 6], f"t{digest[13] % 40}"],
                "text": text[:wanted],
            }
            line = json.dumps(record, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
            if 160 <= len(line) <= 1000:
                rows.append(line)
            if len(rows) == RECORDS:
                break
        if len(rows) == before:
            sys.exit("no sources in cargo's registry to make records of")
    return b"".join(rows), f"{len(rows)} JSON lines of 160 to 1000 bytes about them"


def corpora():
    """Makes what is missing; returns a line about each."""
    CORPORA.mkdir(parents=True, exist_ok=True)
    about = CORPORA / "about.json"
    if not about.exists():
        files = source_files()
        notes = {}
        for name, make in (("sources", lambda: make_sources(files)), ("program", make_program),
                           ("records", lambda: make_records(files))):
            data, note = make()
            (CORPORA / name).write_bytes(data)
            notes[name] = f"{len(data) / 1e6:.1f} MB, {note}"
        about.write_text(json.dumps(notes))
    return json.loads(about.read_text())


# ---- Building ----


def libzstd():
    """Where cargo has built libzstd for the release profile: the directory of libzstd.a and of its headers."""
    # Whether libzst itself builds does not matter here.
    command = [os.environ.get("CARGO", "cargo"), "build", "--release", "--locked", "--message-format=json"]
    build = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    for line in build.stdout.splitlines():
        message = json.loads(line)
        if message["reason"] == "build-script-executed" and "zstd-sys" in message["package_id"]:
            for path in message["linked_paths"]:
                directory = Path(path.split("=", 1)[-1])
                if (directory / "libzstd.a").exists():
                    return directory, Path(message["out_dir"]) / "include"
    sys.exit("cargo's messages do not tell where zstd-sys put libzstd.a")


def has_callgrind_header():
    test = subprocess.run([*COMPILER, "-E", "-x", "c", "-"], input="#include <valgrind/callgrind.h>\n", text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return test.returncode == 0


def build(counting):
    if counting and not (has_callgrind_header() and shutil.which("valgrind")):
        sys.exit("Instruction counts need valgrind and its headers (valgrind/callgrind.h), which are not here; "
                 "on Debian: apt install valgrind")
    define = ["-DWITH_CALLGRIND"] if counting else []
    return compile_c(WORK / ("bench-counts" if counting else "bench"), *define, *sorted(BENCHES.glob("*.c")))


def compile_c(binary, *arguments):
    archive, headers = libzstd()
    WORK.mkdir(parents=True, exist_ok=True)
    command = [*COMPILER, "-O2", "-g", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
               f"-I{headers}", f"-I{STAGE}/include", *map(str, arguments),
               str(archive / "libzstd.a"), f"-L{STAGE}/lib", f"-Wl,-rpath,{STAGE}/lib", "-Wl,-z,now", "-lzst",
               "-lpthread", "-o", str(binary)]
    subprocess.run(command, check=True)
    return binary


# ---- Running ----


def rows_of(*command):
    """The JSON lines of a program as they come."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode != 0:
        sys.exit(f"{Path(command[0]).name} failed")


def read_dump(path):
    """The label and the instructions of one of callgrind's files."""
    label = total = None
    with open(path) as file:
        for line in file:
            if line.startswith("desc: Trigger: Client Request: "):
                label = line.split(": ", 3)[3].strip()
            elif line.startswith(("totals:", "summary:")):
                total = int(line.split()[1])
    return label, total


def count(binary, only):
    dumps = WORK / "counts"
    shutil.rmtree(dumps, ignore_errors=True)
    dumps.mkdir()
    command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={dumps}/out", str(binary), "counts",
               str(CORPORA), *([only] if only else [])]
    # Callgrind counts a `rep movsb` once per byte. Without, glibc moves 32 bytes at a time.
    thresholds = (f"glibc.cpu.x86_rep_{name}_threshold={1 << 30}" for name in ("movsb", "stosb"))
    os.environ["GLIBC_TUNABLES"] = ":".join(thresholds)
    rows = list(rows_of(*command))
    counts = dict(read_dump(path) for path in glob.glob(f"{dumps}/out*"))
    for row in rows:
        for side in ("raw", "zst"):
            row[side] = counts[f"{row['area']}|{row['name']}|{side}"] / row["operations"]
        row["ratio"] = row["zst"] / row["raw"]
    return rows


def peers_python():
    """A Python with the packages to compare with; None when they cannot be had."""
    venv = WORK / "venv"
    requirements = (BENCHES / "requirements.txt").read_text()
    stamp = venv / "requirements.txt"
    python = venv / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != requirements:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "-r",
                   BENCHES / "requirements.txt"]
        for command in ([sys.executable, "-m", "venv", "--clear", venv], install):
            if subprocess.run(command, **quiet).returncode != 0:
                return None
        stamp.write_text(requirements)
    return python


def unpack_wheels():
    """The directory with the contents of both wheels; None when they have not been made."""
    packages = WORK / "packages"
    shutil.rmtree(packages, ignore_errors=True)
    for name, tag in (("compiled", "abi3"), ("pure", "none")):
        wheels = glob.glob(f"{ROOT}/target/wheels/*{tag}*.whl")
        if not wheels:
            return None
        shutil.unpack_archive(wheels[0], packages / name, "zip")
    return packages


def through_python(only):
    python, packages = peers_python(), unpack_wheels()
    if not python or not packages:
        reason = "make wheel has not been run" if python else "pip could not install benches/requirements.txt"
        print(f"\nNothing is compared through Python: {reason}.")
        return []
    raw = compile_c(WORK / "raw", BENCHES / "python" / "raw.c", *(BENCHES / f"{name}.c" for name in ("bench", "inputs", "queue")))
    command = (str(python), str(BENCHES / "python" / "compare.py"), str(CORPORA), str(raw), str(packages))
    rows = [tables.judge_row(row) for row in progress(rows_of(*command, *([only] if only else [])))]
    if rows:
        tables.print_rows(rows)
    return rows


# ---- Tables ----


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
    kind, goal = row["goal_kind"], row["goal"]
    line = [f"{row['raw']:.0f}", f"{row['zst']:.0f}", f"{row['zst'] - row['raw']:+.0f}", f"{row['ratio']:.3f}"]
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
    print("\nInstructions per operation (callgrind). I: a goal for instructions; the others are for times,\nand in brackets where the kernel's part, which is not counted, is what matters.")
    print_table(["", "raw", "zst", "extra", "zst/raw", "goal", ""], list(in_areas(rows, count_line)))


def print_figures(rows):
    print_table(["", "figure", "goal", ""], list(in_areas(rows, figure_line)))


def progress(rows):
    collected = []
    for row in rows:
        collected.append(row)
        if sys.stderr.isatty():
            print(f"\r{len(collected):3} {row['area']}: {row['name']}"[:100].ljust(100), end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r" + " " * 100 + "\r", end="", file=sys.stderr)
    return collected


def from_c(only):
    binary = build(counting=False)
    filters = [only] if only else []
    rows = progress(rows_of(str(binary), "time", str(CORPORA), *filters))
    figures = [row for row in rows if row["kind"] == "figure"]
    rows = [row for row in rows if row["kind"] == "time"]
    if rows:
        print("Time per operation, medians; CPU time of the thread, wall clock for rows with threads.")
        print_times(rows)
    figures += progress(rows_of(str(binary), "memory", str(CORPORA), *filters))
    if figures:
        print_figures(figures)
    return rows + figures


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--counts", action="store_true")
    arguments.add_argument("--only", metavar="TEXT")
    arguments.add_argument("--part", choices=["c", "python"])
    arguments.add_argument("--json", metavar="FILE", type=Path)
    options = arguments.parse_args()

    about = corpora()
    for name, note in about.items():
        print(f"{name}: {note}")
    print(f"machine: {os.cpu_count()} logical CPUs, load {os.getloadavg()[0]:.2f}\n")
    rows = []
    if options.counts:
        rows = count(build(counting=True), options.only)
        if rows:
            print_counts(rows)
    if not options.counts and options.part != "python":
        rows += from_c(options.only)
    if not options.counts and options.part != "c":
        rows += through_python(options.only)
    missed = sum(row.get("met") is False for row in rows)
    judged = sum("met" in row for row in rows)
    print(f"\n{judged - missed} of {judged} goals met")
    if options.json:
        options.json.write_text(json.dumps({"corpora": about, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
