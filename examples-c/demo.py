"""Shows the example programs at work on real files: `make demo` builds them and runs this.

Compresses and restores a large file at several levels and by every form of streaming, trains a dictionary on small
files, inspects a result, and exchanges files with the `zstd` command; and, where it is given a
Python that has it, shows the Python package. Everything is verified. Needs nothing else; works below
target/demo, which is removed at the end.
"""

import filecmp
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "target" / "examples-c"
WORK = ROOT / "target" / "demo"

MB = 1_000_000
LARGE_ENOUGH = 20 * MB
TOO_LARGE = 500 * MB
CPUS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WORKERS = max(2, min(CPUS, 8))

# Compression level and worker threads.
RUNS = [(-5, 0), (1, 0), (3, 0), (3, WORKERS), (9, WORKERS)]


class DemoError(Exception):
    """A sentence for the user: what failed, and why."""


def run(*command, stdin=None):
    """The standard output of a command that must succeed."""
    name = Path(command[0]).name
    try:
        result = subprocess.run(
            [str(word) for word in command],
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            errors="replace",
        )
    except OSError as error:
        raise DemoError(f"{name} cannot be run: {error.strerror}") from error
    if result.returncode != 0:
        why = result.stderr.strip().splitlines()[-1:] or [f"exit code {result.returncode}, without a word"]
        raise DemoError(f"{name} failed: {why[0]}")
    return result.stdout


def program(name):
    path = PROGRAMS / name
    if not path.is_file():
        raise DemoError(f"{path.relative_to(ROOT)} is not there; `make demo` builds it")
    return path


def files_of(directory, pattern="*"):
    """The regular files below a directory, without links, in an order that stays the same."""
    for path in sorted(Path(directory).rglob(pattern)):
        try:
            if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
                yield path
        except OSError:
            pass


def largest(paths):
    suitable = [(path.stat().st_size, path) for path in paths]
    suitable = [pair for pair in suitable if LARGE_ENOUGH <= pair[0] <= TOO_LARGE]
    return max(suitable)[1] if suitable else None


def rust_compiler_libraries():
    try:
        sysroot = Path(run("rustc", "--print", "sysroot").strip())
    except DemoError:
        return []
    libraries = sysroot / "lib"
    return [*files_of(libraries, "librustc_driver*"), *files_of(libraries, "libLLVM*")]


def concatenated_sources(work):
    """Where there is no large file: sources of Python and C, one after the other."""
    path = work / "sources"
    size = 0
    with path.open("wb") as out:
        for directory, pattern in [(sysconfig.get_path("stdlib"), "*.py"), ("/usr/include", "*.h"), (ROOT, "*.rs")]:
            for source in files_of(directory, pattern):
                size += out.write(source.read_bytes())
                if size >= 2 * LARGE_ENOUGH:
                    return path
    return path if size >= LARGE_ENOUGH else None


def pick_large_file(work):
    path = largest(rust_compiler_libraries()) or largest(files_of("/usr/lib")) or concatenated_sources(work)
    if path is None:
        raise DemoError(f"no file of {LARGE_ENOUGH // MB} MB was found to compress, and no sources to make one of")
    return path


def require_equal(original, restored):
    if not filecmp.cmp(original, restored, shallow=False):
        raise DemoError(f"{restored.name} differs from the original, {original}")


def file_oneshot(*arguments):
    """Runs the program on one file; gives the compressed or decompressed size and the speed in MB/s."""
    line = run(program("file_oneshot"), "-f", *arguments)
    found = re.search(r": \d+ -> (\d+) bytes, ratio [\d.]+, ([\d.]+) MB/s$", line.strip())
    if not found:
        raise DemoError(f"file_oneshot printed what this demo does not understand: {line.strip()}")
    return int(found[1]), float(found[2])


def show_file(large, work):
    size = large.stat().st_size
    packed, restored = work / "packed.zst", work / "restored"
    needed = 3 * size
    if shutil.disk_usage(work).free < needed:
        raise DemoError(f"less than {needed // MB} MB are free in {work.parent}; the demo needs them for a short time")

    print(f"{large.name}, compressed and restored by file_oneshot:\n")
    print("  level  threads         size   compressed   ratio     compress   decompress")
    for level, threads in RUNS:
        packed_size, packing = file_oneshot("-c", "-l", level, "-t", threads, "-o", packed, large)
        _, restoring = file_oneshot("-d", "-o", restored, packed)
        require_equal(large, restored)
        print(
            f"  {level:5}  {threads or 1:7}  {size / MB:8.1f} MB  {packed_size / MB:8.1f} MB  {size / packed_size:6.2f}"
            f"  {packing:6.0f} MB/s  {restoring:6.0f} MB/s",
            flush=True,
        )
    print("\nEvery restored file equals the original, byte for byte. Speeds are of one run, in memory.")
    return packed


def show_streams(large, work):
    streamed, restored = work / "streamed.zst", work / "restored"
    print("\nThe same file through every form of streaming, there and back, by every_stream:\n")
    print("  form             compressed    compress  decompress")
    for line in run(program("every_stream"), large).splitlines():
        print(f"  {line}")
    run(program("stream_file"), "-z", "-t", WORKERS, large, streamed)
    run(program("stream_file"), "-d", "-f", streamed, restored)
    require_equal(large, restored)
    with large.open("rb") as source, restored.open("wb") as out:
        with subprocess.Popen([program("pipe"), "-z"], stdin=source, stdout=subprocess.PIPE) as packer:
            unpacked = subprocess.run([program("pipe"), "-d"], stdin=packer.stdout, stdout=out)
        if packer.returncode != 0 or unpacked.returncode != 0:
            raise DemoError("pipe -z | pipe -d failed")
    require_equal(large, restored)
    print("\nAll of them restore the original, byte for byte; so do stream_file, and pipe -z | pipe -d.")


def small_files():
    """Where they are, and real files of 500 to 8,000 bytes; an even number of them."""
    for directory, pattern in [(Path("/usr/include"), "*.h"), (ROOT / "src", "*.rs"), (ROOT, "*.*")]:
        paths = [path for path in files_of(directory, pattern) if 500 <= path.stat().st_size <= 8000][:2000]
        if len(paths) >= 20:
            return directory, paths[: len(paths) // 2 * 2]
    raise DemoError("there are not enough small files to train a dictionary on, neither in /usr/include nor here")


def show_dictionary(work):
    directory, paths = small_files()
    trained_on, measured_on = paths[::2], paths[1::2]
    total = sum(path.stat().st_size for path in trained_on)
    dict_size = max(4096, min(112_640, total // 20))
    saved = work / "dictionary"
    run(program("dictionary"), "-s", dict_size, "-o", saved, *trained_on)
    lines = run(program("dictionary"), "-D", saved, *measured_on)
    half = len(measured_on)
    print(f"\nA dictionary trained on {half} small files of {directory}, measured on {half} others:\n")
    print("".join(f"  {line}\n" for line in lines.splitlines()), end="")


def show_frames(packed):
    lines = run(program("inspect"), "-t", packed).splitlines()
    print("\nThe last file compressed above, by inspect:\n")
    print("".join(f"{line}\n" for line in lines[1:]), end="")


def show_interoperability(large, packed, work):
    zstd = shutil.which("zstd")
    if zstd is None:
        print("\nThe zstd command is not installed, so files were not exchanged with it.")
        return
    found = re.search(r"v\d+\.\d+\.\d+", run(zstd, "--version"))
    version = found[0] if found else "of unknown version"
    restored, theirs = work / "restored", work / "theirs.zst"
    run(zstd, "-d", "-q", "-f", "-o", restored, packed)
    require_equal(large, restored)
    with large.open("rb") as source:  # from a pipe or the like zstd cannot record the size, the harder case
        run(zstd, "-q", "-f", "-1", "-o", theirs, "-", stdin=source)
    file_oneshot("-d", "-o", restored, theirs)
    require_equal(large, restored)
    print(f"\nThe zstd command {version} restores what we compress, and we restore what it compresses.")


def main(python=None):
    """`python` is one that has the Python package."""
    start = time.monotonic()
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=WORK) as name:
            work = Path(name)
            large = pick_large_file(work)
            packed = show_file(large, work)
            show_streams(large, work)
            show_dictionary(work)
            show_frames(packed)
            show_interoperability(large, packed, work)
            if python:
                print()
                print(run(python, ROOT / "python" / "demo.py", large), end="")
    finally:
        try:
            WORK.rmdir()
        except OSError:
            pass  # another demo is at work in there
    print(f"\nAll of it was verified, in {time.monotonic() - start:.0f} seconds.")


def stop(number, _frame):
    sys.exit(f"demo: stopped by {signal.Signals(number).name}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        main(*sys.argv[1:])
    except DemoError as failure:
        sys.exit(f"demo: {failure}")
    except OSError as failure:
        sys.exit(f"demo: {failure}")
