"""The rows of the comparison, and what is expected of them.

A goal is a bound on a ratio of two sides; without one of its own, a row has the goal not to be slower than the wheel
zstandard, with its C extension or with its cffi backend. Raw libzstd is only compared with where a goal says so.
"""

from dataclasses import dataclass, field

from inputs import COUNTS

OUT = 131072


@dataclass(frozen=True)
class Row:
    area: str
    name: str
    command: str
    goals: dict = field(default_factory=dict)  # by pair of sides
    instructions: bool = False  # the goal against raw was set for instructions; times are compared with it too
    limit: float | None = None  # on the value itself
    kind: str = "time"  # or "figure", "import", "batch"
    unit: str = "ns"
    counts: bool = True  # in the geometric mean


def row(area, name, command, raw=None, pure=None, cext=1.0, cffi=1.0, **more):
    """`raw` and `pure` are goals against raw libzstd for the compiled and for the pure wheel."""
    goals = {"compiled/cext": cext, "compiled/cffi": cffi, "pure/cffi": 1.0, "compiled/raw": raw, "pure/raw": pure}
    return Row(area, name, command, {pair: goal for pair, goal in goals.items() if goal}, **more)


def one_shot():
    area = "compress, reused"
    yield row(area, "100 B", "compress b100", 1.05, 1.20, cffi=0.60, instructions=True)
    yield row(area, "1 KB", "compress k1", 1.02, 1.08, cffi=0.75, instructions=True)
    yield row(area, "16 KB", "compress k16", 1.01, 1.02, cffi=0.97)
    yield row(area, "128 KB", "compress k128", 1.01, 1.02, cffi=0.97)
    yield row(area, "50 MB", "compress m50", 1.01, 1.02, cffi=0.97)
    area = "decompress, reused"
    yield row(area, "100 B", "decompress b100", 1.15, 1.5, 0.95, 0.30, instructions=True)
    yield row(area, "1 KB", "decompress k1", 1.08, 1.2, 0.97, 0.45, instructions=True)
    yield row(area, "16 KB", "decompress k16", 1.03, 1.05, 1.0, 0.72)
    yield row(area, "128 KB", "decompress k128", 1.03, 1.05)
    area = "one result of 33 MiB and more"
    yield row(area, "decompress 50 MB of sources", "decompress m50", 0.75, 0.75, 0.75, 0.55)
    yield row(area, "decompress 34 MiB of a program", "decompress program", 0.75, 0.75, 0.75, 0.55)
    yield row(area, "decompress 34 MiB of noise", "decompress noise", 0.75, 0.75, 0.75, 0.55)
    yield row(area, "compress 34 MiB of noise", "compress noise", 0.75, 0.75, 0.75, 0.55)
    area = "dictionary"
    yield row(area, "compress 340 B", "compress_dict dict", 1.03, 1.25, 1.0, 0.45, instructions=True)
    yield row(area, "decompress 340 B", "decompress_dict dict", 1.25, 1.7, 0.90, 0.07, instructions=True)
    area = "fresh"
    yield row(area, "compressor with a dictionary, 340 B", "fresh_compress_dict dict", 0.45, None, 0.40, 0.35)
    yield row(area, "decompressor with a dictionary, 340 B", "fresh_decompress_dict dict")
    yield row(area, "compressor, 100 B", "fresh_compress b100", 0.5, None, 0.5, 0.3)
    yield row(area, "decompressor, 100 B", "fresh_decompress b100", 0.3, None, 0.3, 0.2)
    area = "unknown size"
    for name, pieces, raw in (("1 KB", "k1", 1.15), ("16 KB", "k16", 1.05), ("1 MB", "m1", 1.05)):
        yield row(area, f"{name}, exact cap", f"unknown {pieces}-unsized 1", raw, None, 0.90, 0.5)
        yield row(area, f"{name}, cap x 64", f"unknown {pieces}-unsized 64", raw, None, 0.60, 0.5)


def streams():
    forms = {"compress": ("obj", "chunker", "writer", "reader", "iterator", "copy_stream"),
             "decompress": ("obj", "writer", "reader", "iterator", "copy_stream")}
    goals = {"compress": ((8, 1.02, 0.95), (128, 1.01, 1.0)), "decompress": ((8, 1.08, 0.75), (128, 1.03, 0.90))}
    for direction in goals:
        for size, raw, cffi in goals[direction]:
            for form in forms[direction]:
                # A reader of contents gives out pieces of the same size.
                out = size << 10 if form == "reader" else OUT
                yield row(f"streaming {direction}", f"{size} KB pieces, {form}",
                          f"stream_{direction} m4 {form} {size << 10} {out}", raw, None, 1.0, cffi,
                          instructions=size == 8 or direction == "compress")
    for direction in goals:
        message = (("obj", 1.10, 0.95, 0.4), ("writer", 1.20, 0.90, 0.4), ("reader", 1.25, 0.80, 0.1))
        for form, raw, cext, cffi in message:
            yield row("1 KB message", f"{direction}, {form}", f"stream_{direction} k1 {form}", raw, None, cext, cffi,
                      instructions=True)
    yield row("reading", "read(100), 1 MB", "read m1 reader 1048576 100", 2.0, None, 0.9, 0.08)
    yield row("reading", "readall(), 1 MB", "readall m1", 1.6, None, 0.55, 0.55)
    yield row("reading", "readall(), 50 MB", "readall m50", 1.6, None, 0.55, 0.55)
    area = "10,000 small frames"
    yield row(area, "reader", "many_frames small-joined reader 65536", 1.05, None, 1.0, 0.6)
    yield row(area, "obj", "many_frames small-joined obj 65536", 1.08, None, 0.95, 0.5)
    yield row(area, "one-shot each", "each_frame small", 1.25, None, 0.8, 0.2)


def batches():
    """Each becomes rows for one thread, for two, and for what the second one brings."""
    shapes = {f"records-{count}": f"{count:,} record{'s' if count > 1 else ''}" for count in COUNTS}
    shapes |= {"skewed-first": "skewed, large item first", "skewed-middle": "skewed, large item in the middle",
               "skewed-last": "skewed, large item last", "ascending": "sorted, ascending",
               "descending": "sorted, descending"}
    for direction in ("compress", "decompress"):
        for shape, name in shapes.items():
            # What a list costs is to be seen with few items, and with many.
            for form in ("buffer", "list") if shape.startswith("records-") else ("buffer",):
                yield Row(f"batch, {direction}", f"{name}, {form}", f"batch_{direction} {shape} {form}", kind="batch")
    yield Row("batch, costs", "an item of a list", "batch_decompress tiny", limit=40, kind="list")


def batch_goals(command, threads):
    """Goals of a row of a batch with so many threads."""
    operation, shape, form = command.split()
    compress = operation == "batch_compress"
    if shape == "records-100000":
        raw = 1.03 if threads == 1 else 1.05 if compress else 1.08
        goals = {"compiled/cext": 1.0 if threads == 1 else 0.97, "compiled/raw": raw}
    elif shape.startswith("records-"):
        # The wheel makes threads for each call.
        few = threads == 2 and shape != "records-1"
        goals = {"compiled/cext": 0.7 if few else 1.0}
    else:
        cext = 1.0 if threads == 1 else 0.70 if compress else 0.80
        goals = {"compiled/cext": cext, "compiled/raw": 1.08 if threads == 2 else None}
    if form == "list":
        # The work queue has its list already.
        goals.pop("compiled/raw", None)
    return {pair: goal for pair, goal in goals.items() if goal}


def least_speed_up(command):
    """How much faster two threads have to be than one."""
    operation, shape, form = command.split()
    if shape.startswith("records-"):
        # Not slower, as far as a clock can tell.
        return 0.97 if shape not in ("records-1", "records-100000") else None
    return 1.75 if operation == "batch_compress" else None


def others():
    memory = {"kind": "figure", "unit": "times the results", "limit": 1.06, "counts": False}
    area = "memory kept by results of compress()"
    for what, small, large in (("heap", 0.5, 0.27), ("resident", 1.0, 1.0)):
        yield row(area, f"1 KB, {what}", f"kept k1 40000 {what}", cext=small, **memory)
        yield row(area, f"16 KB, {what}", f"kept k16 4000 {what}", cext=large, **memory)
    memory |= {"limit": 1.05}
    area = "peak of memory, 50 MB"
    yield row(area, "decompress()", "peak decompress peak", **memory)
    yield row(area, "decompress(), unknown size, exact cap", "peak unknown peak-unsized 1", **memory)
    yield row(area, "decompress(), unknown size, cap x 64", "peak unknown peak-unsized 64", **memory)
    yield row(area, "readall()", "peak readall peak", **memory)
    yield row("training", "default", "train samples-3000", 1.02)
    yield Row("training", "optimised, 4 steps", "optimise samples-3000 - 4", kind="batch")
    area = "frames"
    yield row(area, "frame_content_size()", "frame_content_size b100", cffi=0.2, limit=80)
    yield row(area, "get_frame_parameters()", "get_frame_parameters b100", cffi=0.1, limit=120)
    area = "estimates"
    yield row(area, "estimate_decompression_context_size()", "estimate_decompressor")
    yield row(area, "estimated_compression_context_size()", "estimate_compressor")
    yield row("import", "import of the package", "", kind="import")


def all_rows():
    yield from one_shot()
    yield from streams()
    yield from batches()
    yield from others()
