"""What all sides work on, as files: pieces of the corpora, and their frames.

`NAME.plain` and `NAME.frames` hold a number of pieces, their lengths, all as 64-bit numbers, and their bytes.
"""

import itertools
import random
from array import array
from pathlib import Path

LEVEL = 3
KIB, MIB = 1 << 10, 1 << 20
DICTIONARY_SIZE = 112640
# Larger than what malloc keeps for the next call.
LARGE = 34 * MIB

SKEWED, SMALL_ITEM, LARGE_ITEM, SORTED = 4001, 4000, 4_000_000, 2000
COUNTS = [1, 4, 16, 64, 256, 100_000]


# ---- Reading and writing ----


def write_pieces(path, pieces):
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("wb") as file:
        array("Q", [len(pieces), *map(len, pieces)]).tofile(file)
        file.writelines(pieces)
    unfinished.rename(path)


def read_pieces(path):
    data = path.read_bytes()
    count = int.from_bytes(data[:8], "little")
    ends = list(itertools.accumulate(array("Q", data[8 : 8 * (count + 1)]), initial=8 * (count + 1)))
    return [data[start:end] for start, end in itertools.pairwise(ends)]


class Inputs:
    """The pieces of one set at a time."""

    def __init__(self, directory):
        self.directory = Path(directory)

    def plain(self, name):
        return read_pieces(self.directory / f"{name}.plain")

    def frames(self, name):
        return read_pieces(self.directory / f"{name}.frames")

    def dictionary(self):
        return (self.directory / "dictionary").read_bytes()


# ---- Making ----


def cut(corpus, size, count):
    """Pieces of a corpus, far from each other; from its beginning again where it ends."""
    stride = max(len(corpus) // count // size * size, size)
    starts = [number * stride % len(corpus) for number in range(count)]
    joined = corpus if starts[-1] + size <= len(corpus) else corpus + corpus[:size]
    return [joined[start : start + size] for start in starts]


def batch_shapes():
    """Sizes of items by the name of the shape; numbers are counts of records."""
    skewed = [SMALL_ITEM] * (SKEWED - 1)
    middle = SKEWED // 2
    ascending = [160 + 8 * index for index in range(SORTED)]
    return {f"records-{count}": count for count in COUNTS} | {
        "skewed-first": [LARGE_ITEM, *skewed],
        "skewed-middle": [*skewed[:middle], LARGE_ITEM, *skewed[middle:]],
        "skewed-last": [*skewed, LARGE_ITEM],
        "ascending": ascending,
        "descending": ascending[::-1],
    }


class Maker:
    """Makes the sets that are asked for and are not there yet."""

    def __init__(self, corpora, directory):
        import zstandard

        self.zstandard = zstandard
        self.corpora = Path(corpora)
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.compressor = zstandard.ZstdCompressor(level=LEVEL)

    def corpus(self, name):
        return (self.corpora / name).read_bytes()

    def records(self):
        return self.corpus("records").splitlines(keepends=True)

    def dictionary(self):
        path = self.directory / "dictionary"
        if not path.exists():
            records = self.records()
            trained = self.zstandard.train_dictionary(DICTIONARY_SIZE, records[: len(records) // 2])
            path.write_bytes(trained.as_bytes())
        return self.zstandard.ZstdCompressionDict(path.read_bytes())

    def unsized_frame(self, plain):
        """A frame whose header has no size, as streams make it."""
        obj = self.compressor.compressobj()
        return obj.compress(plain) + obj.flush()

    def make(self, name):
        if (self.directory / f"{name}.frames").exists():
            return
        frame = self.compressor.compress
        kind, _, what = name.partition("-")
        sized = {"k1": (KIB, 512, "records"), "k16": (16 * KIB, 128, "sources"), "k128": (128 * KIB, 32, "sources"),
                 "m1": (MIB, 8, "sources"), "m4": (4 * MIB, 1, "sources"), "m50": (50_000_000, 1, "sources"),
                 "b100": (100, 1024, "records"), "program": (LARGE, 1, "program")}
        if kind in sized:
            size, count, corpus = sized[kind]
            plain = cut(self.corpus(corpus), size, count)
            if what == "unsized":
                frame = self.unsized_frame
        elif kind == "peak":
            plain = [self.corpus("sources")[:size] for size in (KIB, 50_000_000)]
            if what == "unsized":
                frame = self.unsized_frame
        elif name == "noise":
            plain = [random.Random(1).randbytes(LARGE)]
        elif name == "dict":
            # The dictionary was trained on the other half.
            records = self.records()
            plain = [record for record in records[len(records) // 2 :] if 300 <= len(record) <= 380][:1024]
            frame = self.zstandard.ZstdCompressor(level=LEVEL, dict_data=self.dictionary()).compress
        elif kind == "samples":
            plain = self.records()[: int(what)]
        elif name == "small":
            plain = cut(self.corpus("records"), 340, 10_000)
        elif name == "small-joined":
            small = Inputs(self.directory)
            self.make("small")
            self.write(name, [b"".join(small.plain("small"))], [b"".join(small.frames("small"))])
            return
        elif name == "tiny":
            plain = cut(self.corpus("records"), 16, 1000) * 100
        else:
            plain = self.batch_items(name)
        self.write(name, plain, list(map(frame, plain)))

    def batch_items(self, name):
        sizes = batch_shapes()[name]
        if isinstance(sizes, int):
            return list(itertools.islice(itertools.cycle(self.records()), sizes))
        sources = self.corpus("sources")
        ends = list(itertools.accumulate(sizes))
        return [sources[end - size : end] for size, end in zip(sizes, ends)]

    def write(self, name, plain, frames):
        write_pieces(self.directory / f"{name}.plain", plain)
        write_pieces(self.directory / f"{name}.frames", frames)
