"""Builds and runs the benchmarks, and prints tables with the goals beside the figures.

    python3 benches/run.py                   times and memory
    python3 benches/run.py --counts          instruction counts (needs valgrind and its headers)
    python3 benches/run.py --counts --keep   the same, and writes their ratios into benches/counts.json, for a release
    python3 benches/run.py --only TEXT       rows with TEXT in their area or name
    python3 benches/run.py --part c          only from C, or only through Python (--part python)
    python3 benches/run.py --json FILE       all figures as JSON
    python3 benches/run.py --read FILE       the figures of an earlier run, instead of running
    python3 benches/run.py --markdown        writes the figures into docs/performance.md

From C, both sides use the libzstd that cargo has built: one through libzst.so, the other as the static library from
which libzst.so was made. Corpora are made once, below target/bench, from what a Rust installation has. Through
Python, the wheels in target/wheels (make wheel) are compared with other packages, which pip installs below
target/bench.
"""

import argparse
import compileall
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import page
import tables
from python import tables as python_tables

ROOT = Path(__file__).resolve().parent.parent
BENCHES = ROOT / "benches"
STAGE = ROOT / "target" / "stage"
WORK = ROOT / "target" / "bench"
CORPORA = WORK / "corpora"
COUNTS = BENCHES / "counts.json"
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
    before = json.loads(COUNTS.read_text())
    counts = dict(read_dump(path) for path in glob.glob(f"{dumps}/out*"))
    for row in rows:
        for side in ("raw", "zst"):
            row[side] = counts[f"{row['area']}|{row['name']}|{side}"] / row["operations"]
        row["ratio"] = row["zst"] / row["raw"]
        # Of the inputs, which differ between machines, the ratio depends little.
        row["before"] = before.get(f"{row['area']}: {row['name']}")
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
        # As pip does: a process that compiles them itself has another heap.
        compileall.compile_dir(packages / name, quiet=1)
    return packages


def through_python(only):
    python, packages = peers_python(), unpack_wheels()
    if not python or not packages:
        reason = "make wheel has not been run" if python else "pip could not install benches/requirements.txt"
        print(f"\nNothing is compared through Python: {reason}.")
        return []
    raw = compile_c(WORK / "raw", *(BENCHES / f"{name}.c" for name in ("python/raw", "bench", "inputs", "queue")))
    command = (str(python), str(BENCHES / "python" / "compare.py"), str(CORPORA), str(raw), str(packages))
    rows = [python_tables.judge_row(row) for row in progress(rows_of(*command, *([only] if only else [])))]
    if rows:
        python_tables.print_rows(rows)
    return rows


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
        tables.print_times(rows)
    figures += progress(rows_of(str(binary), "memory", str(CORPORA), *filters))
    if figures:
        tables.print_figures(figures)
    return rows + figures


def draw(rows):
    """The picture of the ratios through Python."""
    figures = WORK / "rows.json"
    figures.write_text(json.dumps(rows))
    picture = WORK / "ratios.svg"
    python = WORK / "venv" / "bin" / "python"
    if subprocess.run([python, BENCHES / "python" / "plot.py", figures, picture]).returncode == 0:
        print(f"Picture: {picture.relative_to(ROOT)}")


def measure(options):
    about = corpora()
    for name, note in about.items():
        print(f"{name}: {note}")
    machine = page.machine(COMPILER)
    print(f"machine: {machine['text']}\n")
    rows = []
    if options.counts:
        rows = count(build(counting=True), options.only)
        if rows:
            tables.print_counts(rows)
        if options.keep:
            ratios = {f"{row['area']}: {row['name']}": round(row["ratio"], 4) for row in rows}
            COUNTS.write_text(json.dumps(ratios, indent=1) + "\n")
    if not options.counts and options.part != "python":
        rows += from_c(options.only)
    if not options.counts and options.part != "c":
        rows += through_python(options.only)
    return {"machine": machine, "corpora": about, "rows": rows}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--counts", action="store_true")
    arguments.add_argument("--keep", action="store_true")
    arguments.add_argument("--only", metavar="TEXT")
    arguments.add_argument("--part", choices=["c", "python"])
    arguments.add_argument("--json", metavar="FILE", type=Path)
    arguments.add_argument("--read", metavar="FILE", type=Path)
    arguments.add_argument("--markdown", action="store_true")
    options = arguments.parse_args()
    if options.markdown and (options.counts or options.only or options.part):
        arguments.error("--markdown is for all rows")
    if options.keep and (not options.counts or options.only):
        arguments.error("--keep is for the counts of all rows")

    started = time.monotonic()
    figures = json.loads(options.read.read_text()) if options.read else measure(options)
    rows = figures["rows"]
    if options.read:
        for kind, show in (("time", tables.print_times), ("figure", tables.print_figures),
                           ("python", python_tables.print_rows)):
            if any(row["kind"] == kind for row in rows):
                show([row for row in rows if row["kind"] == kind])
    judged = [row for row in rows if "met" in row]
    print(f"\n{sum(row['met'] for row in judged)} of {len(judged)} rows with a goal meet it. "
          f"{(time.monotonic() - started) / 60:.1f} minutes.")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    if options.markdown:
        page.refresh(ROOT / "docs" / "performance.md", figures)
    through = [row for row in rows if row["kind"] == "python"]
    if through:
        draw(through)


if __name__ == "__main__":
    main()
