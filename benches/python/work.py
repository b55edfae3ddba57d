"""What operations are made of, whatever package does them."""

import itertools
from collections.abc import Callable
from typing import NamedTuple

OUT = 131072


class Work(NamedTuple):
    run: Callable  # does so many calls
    result: object  # of the first call
    function: Callable = None  # for one item


def each(function, items):
    """Calls with one item after the other."""
    source = itertools.cycle(items)

    def run(calls, threads):
        for item in itertools.islice(source, calls):
            function(item)

    return Work(run, function(items[0]), function)


def stream(function, items):
    """Calls that give their output piece by piece to a function; len() is one that does next to nothing."""
    source = itertools.cycle(items)

    def run(calls, threads):
        for item in itertools.islice(source, calls):
            function(item, len)

    pieces = bytearray()
    function(items[0], pieces.extend)
    return Work(run, pieces)


def repeat(function):
    """Calls of something with no input, or always the same, which is told the number of threads."""

    def run(calls, threads):
        for _ in itertools.repeat(None, calls):
            function(threads)

    return Work(run, function(2))


def split(items, step):
    return [[item[start : start + step] for start in range(0, len(item), step)] for item in items]


class Side:
    def __init__(self, inputs):
        self.inputs = inputs
        self.plain, self.frames = inputs.plain, inputs.frames

    def stream_compress(self, name, form, step=None, out=None):
        return self.stream_of("compress", self.plain(name), form, step, out)

    def stream_decompress(self, name, form, step=None, out=None):
        return self.stream_of("decompress", self.frames(name), form, step, out)

    def many_frames(self, name, form, step):
        make = getattr(self, f"frames_by_{form}", None)
        return make and stream(make(int(step)), self.frames(name))

    def stream_of(self, direction, items, form, step, out):
        """A stream that is given pieces of `step` bytes; without, all at once."""
        step = int(step) if step else None
        make = getattr(self, f"{direction}_by_{form}", None)
        if make is None:
            return None
        takes_pieces = form in ("obj", "writer", "chunker")
        function = make(step, int(out) if out else OUT)
        if takes_pieces:
            items = split(items, step) if step else [[item] for item in items]
        return stream(function, items)
