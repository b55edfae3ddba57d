"""Batches: zst through cffi's ABI mode against the C extension of the wheel `zstandard`.

    python batch_peers.py CORPORA LIBRARY CDEF [TEXT]

Each side lives in a process of its own and does what it is told, one after the other, so that only one of them works
at a time. Writes rows as bench does: "raw" is the wheel.
"""

import gc
import itertools
import json
import statistics
import subprocess
import sys
import time
from array import array
from pathlib import Path

LEVEL = 3
ROUNDS = 9
TURN = 0.02  # seconds

SKEWED, SMALL_ITEM, LARGE_ITEM, SORTED = 4001, 4000, 4_000_000, 2000
COUNTS = [1, 4, 16, 64, 256, 100_000]
FORMS = ["buffer", "list"]


# ---- Inputs ----


def sizes_with_large_item(at):
    return [LARGE_ITEM if index == at else SMALL_ITEM for index in range(SKEWED)]


def shapes():
    """Sizes of items by the name of the shape; numbers are counts of records."""
    ascending = [160 + 8 * index for index in range(SORTED)]
    return {f"{count:,} record{'s' if count > 1 else ''}": count for count in COUNTS} | {
        "skewed, large item first": sizes_with_large_item(0),
        "skewed, large item in the middle": sizes_with_large_item(SKEWED // 2),
        "skewed, large item last": sizes_with_large_item(SKEWED - 1),
        "sorted, ascending": ascending,
        "sorted, descending": ascending[::-1],
    }


def items_of(shape, corpora):
    sizes = shapes()[shape]
    if isinstance(sizes, int):
        records = (corpora / "records").read_bytes().splitlines(keepends=True)
        return list(itertools.islice(itertools.cycle(records), sizes))
    sources = (corpora / "sources").read_bytes()
    ends = list(itertools.accumulate(sizes))
    return [sources[end - size:end] for size, end in zip(sizes, ends)]


def segments_of(items):
    """The items in one piece, and where they lie in it."""
    lengths = array("Q", map(len, items))
    pairs = array("Q", bytes(16 * len(items)))
    pairs[::2] = array("Q", itertools.islice(itertools.accumulate(lengths, initial=0), len(items)))
    pairs[1::2] = lengths
    return b"".join(items), pairs


# ---- The sides ----


class Wheel:
    def __init__(self):
        import zstandard

        if zstandard.backend != "cext":
            sys.exit("the wheel has no C extension here")
        self.zstandard = zstandard
        self.compressor = zstandard.ZstdCompressor(level=LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()

    def prepare(self, direction, form, items):
        if form == "buffer":
            joined, pairs = segments_of(items)
            items = self.zstandard.BufferWithSegments(joined, pairs.tobytes())
        side = self.compressor if direction == "compress" else self.decompressor
        work = getattr(side, f"multi_{direction}_to_buffer")
        return lambda threads: work(items, threads=threads)

    def results(self, collection):
        return [bytes(collection[index]) for index in range(len(collection))]


class Zst:
    def __init__(self, library, declarations):
        import cffi

        self.ffi = cffi.FFI()
        self.ffi.cdef(Path(declarations).read_text())
        self.lib = self.ffi.dlopen(library)
        self.error = self.ffi.new("zst_error *")
        self.compressor = self.make("zst_compressor", LEVEL, self.ffi.NULL)
        self.decompressor = self.make("zst_decompressor", self.ffi.NULL)
        self.place = self.ffi.new("zst_buffer_with_segments_collection **")

    def ok(self, status):
        if status != 0:
            sys.exit(self.ffi.string(self.error.message).decode())

    def make(self, kind, *arguments):
        place = self.ffi.new(f"{kind} **")
        self.ok(getattr(self.lib, f"{kind}_new")(*arguments, place, self.error))
        return place[0]

    def buffer(self, items):
        ffi = self.ffi
        joined, pairs = segments_of(items)
        place = ffi.new("zst_buffer_with_segments **")
        memory, segments = ffi.from_buffer(joined), ffi.from_buffer(pairs)
        self.ok(self.lib.zst_buffer_with_segments_new(memory, len(memory), segments, len(segments), ffi.NULL, ffi.NULL,
                                                      place, self.error))
        # The buffer does not keep its memory.
        return place[0], memory

    def prepare(self, direction, form, items):
        lib, ffi, error, place = self.lib, self.ffi, self.error, self.place
        if direction == "compress":
            handle, work = self.compressor, lib.zst_compressor_multi_compress_to_buffer_from_buffer
            sizes = ()
        else:
            handle, work = self.decompressor, lib.zst_decompressor_multi_decompress_to_buffer_from_buffer
            sizes = (ffi.NULL, 0)
        free, free_buffer = lib.zst_buffer_with_segments_collection_free, lib.zst_buffer_with_segments_free

        def run_buffer(buffer, threads):
            self.ok(work(handle, buffer, *sizes, threads, place, error))
            return ffi.gc(place[0], free)

        # A list becomes a buffer first: that costs less than to look up the address of each item.
        def run_list(threads):
            buffer, memory = self.buffer(items)
            try:
                return run_buffer(buffer, threads)
            finally:
                free_buffer(buffer)

        if form == "list":
            return run_list
        buffer, memory = self.buffer(items)
        buffer = ffi.gc(buffer, free_buffer)
        return lambda threads, memory=memory: run_buffer(buffer, threads)

    def results(self, collection):
        segment = self.ffi.new("zst_buffer_segment *")
        results = []
        for index in range(self.lib.zst_buffer_with_segments_collection_count(collection)):
            self.ok(self.lib.zst_buffer_with_segments_collection_segment(collection, index, segment, self.error))
            results.append(self.ffi.buffer(segment.data, segment.len)[:])
        return results


def serve(side, corpora):
    """Does what the lines of stdin say, and answers with one line each."""
    work = items = None
    for line in sys.stdin:
        command = json.loads(line)
        if command[0] == "prepare":
            _, shape, direction, form = command
            work = None
            plain = items_of(shape, corpora)
            items = side.results(side.prepare("compress", "buffer", plain)(1)) if direction == "decompress" else plain
            work = side.prepare(direction, form, items)
            results = side.results(work(2))
            right = results == plain if direction == "decompress" else len(results) == len(items)
            answer = right and sum(map(len, results))
            del results
            gc.collect()
            gc.freeze()
        else:
            _, threads, calls = command
            start, cpu_start = time.perf_counter(), time.process_time()
            for _ in range(calls):
                work(threads)
            cpu = time.process_time() - cpu_start
            answer = {"clock": (time.perf_counter() - start) / calls, "cpu": cpu / calls}
        print(json.dumps(answer), flush=True)


# ---- The comparison ----


class Process:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([sys.executable, __file__, *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, *command):
        print(json.dumps(command), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit("one of the sides failed")
        return json.loads(line)


def row(area, name, kind, goal, wheel, zst, scale=1.0):
    ratios = [b / a for a, b in zip(wheel, zst)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    print(json.dumps({"kind": "time", "area": area, "name": name, "goal_kind": kind, "goal": goal, "goal_extra": 0,
                      "raw": statistics.median(wheel) * scale, "zst": statistics.median(zst) * scale, "ratio": middle,
                      "low": low, "high": high, "rounds": len(ratios), "note": ""}), flush=True)


def compare(wheel, zst, shape, direction, form):
    area = f"batch, {direction}, against the wheel"
    sizes = [side.ask("prepare", shape, direction, form) for side in (wheel, zst)]
    if not sizes[0] or sizes[0] != sizes[1]:
        sys.exit(f"{area}: {shape}: the results differ")
    took = {(side, threads): [] for side in (wheel, zst) for threads in (1, 2)}
    calls = {}
    for key in took:
        side, threads = key
        calls[key] = 1
        while (once := side.ask("time", threads, calls[key])["clock"]) * calls[key] < TURN:
            calls[key] *= 4
    for number in range(ROUNDS if once < 0.2 else 5):
        for threads in (1, 2):
            for side in (wheel, zst) if number % 2 else (zst, wheel):
                took[side, threads].append(side.ask("time", threads, calls[side, threads]))
    # With one thread the CPU time, which says more on a busy machine.
    for threads, what in ((1, "cpu"), (2, "clock")):
        row(area, f"{shape}, {form}, {threads} thread{'s' if threads > 1 else ''}", "ratio", 1.0,
            *([times[what] for times in took[side, threads]] for side in (wheel, zst)), scale=1e9)
    speed_ups = [[one["clock"] / two["clock"] for one, two in zip(took[side, 1], took[side, 2])]
                 for side in (wheel, zst)]
    # Two threads are not slower than one, as far as a clock can tell.
    row(area, f"{shape}, {form}, speed-up of 2 threads over 1", "speed_up", 0.97, *speed_ups)


def main():
    corpora, library, declarations, *only = sys.argv[1:]
    wheel = Process("serve", "wheel", corpora)
    zst = Process("serve", "zst", corpora, library, declarations)
    for direction in ("compress", "decompress"):
        for shape, form in itertools.product(shapes(), FORMS):
            if not only or only[0] in f"batch, {direction}, against the wheel" or only[0] in f"{shape}, {form}":
                compare(wheel, zst, shape, direction, form)
    for side in (wheel, zst):
        side.process.stdin.close()
        side.process.wait()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Wheel() if sys.argv[2] == "wheel" else Zst(*sys.argv[4:]), Path(sys.argv[3]))
    else:
        main()
