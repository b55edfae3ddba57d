#!/usr/bin/env python3
"""figures.py libzst.so: the size of the shared library, what it needs, and how long it takes to load.

The time is that of dlopen() and one zst_compress() in a fresh process, with the file in the system's cache."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROCESSES = 501
PROGRAM = r"""
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>
#include <zst.h>

int main(int argc, char **argv) {
    struct timespec start, end;
    zst_bytes frame;
    clock_gettime(CLOCK_MONOTONIC, &start);
    void *library = dlopen(argv[argc - 1], RTLD_NOW);
    if (library == NULL) return 1;
    __typeof__(zst_compress) *compress = (__typeof__(zst_compress) *)dlsym(library, "zst_compress");
    if (compress == NULL || compress("Hello", 5, 3, &frame, NULL) != ZST_OK) return 2;
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%ld\n", (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec);
    return 0;
}
"""


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def main():
    library = Path(sys.argv[1]).resolve()
    include = Path(__file__).resolve().parent.parent / "include"
    with tempfile.TemporaryDirectory() as directory:
        stripped, program = Path(directory, "stripped"), Path(directory, "program")
        run("strip", "-o", stripped, library)
        print(f"stripped: {stripped.stat().st_size} bytes")
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "--dynamic", library))
        print(f"needs: {' '.join(needed)}")
        compiler = os.environ.get("CC", "cc")
        run(compiler, "-O1", f"-I{include}", "-xc", "-", "-o", program, "-ldl", input=PROGRAM)
        times = sorted(int(run(program, stripped)) for _ in range(PROCESSES))
    middle, most = statistics.median(times), times[PROCESSES * 9 // 10]
    print(
        f"dlopen and one call: median {middle / 1e6:.2f} ms, nine of ten below {most / 1e6:.2f} ms, {PROCESSES} processes"
    )


if __name__ == "__main__":
    main()
