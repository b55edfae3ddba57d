"""Sources, sinks and frames that the tests share."""

import gc
import io
import struct
import subprocess
import sys

import pytest

import zstandard as z

TEXT = b"foobar" * 50
FRAME = z.ZstdCompressor().compress(TEXT)
UNSIZED = z.ZstdCompressor(write_content_size=False).compress(TEXT)
EMPTY = z.ZstdCompressor().compress(b"")
SKIPPABLE = bytes.fromhex("502a4d180400000061626364")


def q(*numbers):
    """Numbers as packed native u64."""
    return struct.pack("=%dQ" % len(numbers), *numbers)


def raises(error, *words):
    """pytest.raises, with words that the text contains. The class is exact."""
    return _Raises(error, words)


class _Raises:
    def __init__(self, error, words):
        self.error, self.words = error, words

    def __enter__(self):
        self.context = pytest.raises(self.error)
        return self.context.__enter__()

    def __exit__(self, *args):
        done = self.context.__exit__(*args)
        if done:
            exception = args[1]
            assert type(exception) is self.error
            text = str(exception)
            for word in self.words:
                assert word in text
            if self.error is z.ZstdError:
                assert exception.args == (text,)
            assert "%d" not in text and "%s" not in text
        return done


class Source:
    """A stream of the given results; exceptions among them are raised."""

    def __init__(self, *results):
        self.results = list(results)
        self.reads = 0
        self.asked = []

    def read(self, size):
        self.reads += 1
        self.asked.append(size)
        result = self.results.pop(0) if self.results else b""
        if isinstance(result, BaseException):
            raise result
        return result


class Sink:
    """Takes everything. `failures` are by the number of the write, from 0."""

    def __init__(self, failures=None, result=lambda data: len(data)):
        self.pieces = []
        self.writes = 0
        self.failures = failures or {}
        self.result = result
        self.flushes = 0
        self.closed = False

    def write(self, data):
        failure = self.failures.get(self.writes)
        self.writes += 1
        if failure is not None:
            raise failure
        assert type(data) is bytes and data
        self.pieces.append(data)
        return self.result(data)

    def flush(self):
        self.flushes += 1
        return "flushed"

    def close(self):
        self.closed = True

    @property
    def data(self):
        return b"".join(self.pieces)


class BareSink:
    """An object that has only write()."""

    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data


class RawSink(io.RawIOBase):
    """A raw sink that takes what `takes` says: for each write a count or None."""

    def __init__(self, takes):
        self.takes = takes
        self.data = b""
        self.writes = 0

    def writable(self):
        return True

    def write(self, data):
        taken = self.takes(self.writes, data)
        self.writes += 1
        if taken and 0 < taken <= len(data):
            self.data += bytes(data[:taken])
        return taken


def collect():
    for _ in range(3):
        gc.collect()


def child(code, *args, **env):
    """Runs code in an interpreter of its own; returns what it prints."""
    import os

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
