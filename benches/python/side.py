"""One side of the comparison: does what the lines on stdin say, and answers each with a line.

    python side.py PACKAGE INPUTS        PACKAGE: zstandard (whichever is found), pyzstd, backports

    prepare OPERATION SET [ARGUMENTS]    ok SIZE CHECKSUM: what came of the first call; no: there is no such thing here
    time CALLS THREADS                   nanoseconds that these calls took, by the clock and of the processor
    kept SET COUNT heap|resident         memory that as many results of compress() keep, by their size
    peak OPERATION SET [ARGUMENTS]       peak of memory while one call runs, by the size of its result

Operations are the methods of `Zstandard` (zstandard_side.py), or those of another package's class (backports_side.py), with
the same meaning everywhere. Each returns a `Work`: what does so many calls, and what is to be compared with other sides.
"""

import ctypes
import gc
import itertools
import sys
import time
import zlib

from backports_side import Backports, Pyzstd
from inputs import Inputs
from zstandard_side import Zstandard


def status_bytes(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(field))


def heap_bytes():
    """What malloc has given out. All of Python's memory comes from it with PYTHONMALLOC=malloc."""
    fields = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    function = ctypes.CDLL(None).mallinfo2
    members = {"_fields_": [(name, ctypes.c_size_t) for name in fields.split()]}
    function.restype = type("mallinfo2", (ctypes.Structure,), members)
    information = function()
    return information.uordblks + information.hblkhd


def kept(side, name, count, what):
    """Memory that results keep, by the size of the bytes objects that they are."""
    work, items = side.compress(name).function, side.plain(name)
    in_use = heap_bytes if what == "heap" else lambda: status_bytes("VmRSS:")
    results = [None] * int(count)
    in_use()
    gc.collect()
    before = in_use()
    for index, item in enumerate(itertools.islice(itertools.cycle(items), len(results))):
        results[index] = work(item)
    return (in_use() - before) / sum(map(sys.getsizeof, results))


def peak(side, operation, name, *arguments):
    """What the peak of resident memory rises by in a call with the second item of a set; the first has gone before."""
    work, item = getattr(side, operation)(name, *arguments).function, side.frames(name)[1]
    gc.collect()
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass  # the peak so far is not far from what is in use
    before = status_bytes("VmRSS:")
    result = work(item)
    return (status_bytes("VmHWM:") - before) / len(result)


def serve(side):
    run = None
    for line in sys.stdin:
        command, *words = line.split()
        if command == "time":
            calls, threads = map(int, words)
            start, cpu_start = time.perf_counter_ns(), time.process_time_ns()
            run(calls, threads)
            cpu = time.process_time_ns() - cpu_start
            answer = f"{time.perf_counter_ns() - start} {cpu}"
        elif command == "prepare":
            run = None
            operation, *arguments = words
            function = getattr(side, operation, None)
            prepared = function and function(*arguments)
            answer = "no"
            if prepared:
                run, result = prepared.run, prepared.result
                answer = f"ok {result} 0" if isinstance(result, int) else f"ok {len(result)} {zlib.crc32(result)}"
            prepared = result = None
            gc.collect()
            gc.freeze()
        elif command == "kept":
            answer = str(kept(side, *words))
        elif command == "peak":
            answer = str(peak(side, *words))
        print(answer, flush=True)


if __name__ == "__main__":
    package, directory = sys.argv[1:]
    sides = {"zstandard": Zstandard, "pyzstd": Pyzstd, "backports": Backports}
    serve(sides[package](Inputs(directory)))
