"""Runs random calls on the installed `zstandard` and prints what comes out, one line for each call.

The same seed gives the same calls, so that two packages can be compared line by line:

    python differential.py SEED COUNT
"""

import hashlib
import io
import random
import sys

import zstandard as z

MAGICLESS = z.FORMAT_ZSTD1_MAGICLESS


def digest(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = bytes(value)
        return "%d:%s" % (len(value), hashlib.sha1(value).hexdigest()[:12])
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(digest(one) for one in value) + "]"
    return repr(value)


class Outcome:
    def __init__(self, name):
        self.name = name

    def of(self, function):
        """The result, or the class of the exception."""
        try:
            value = function()
            print(self.name, digest(value))
            return value
        except Exception as error:
            print(self.name, type(error).__name__)
            return None


class PlainSink:
    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def content(rng):
    kind = rng.random()
    size = rng.choice([0, 1, 5, 100, 1000, 10_000, 131_072, 131_073, 300_000])
    if kind < 0.2:
        return rng.randbytes(size)
    words = [rng.randbytes(rng.randint(1, 8)) for _ in range(rng.randint(1, 300))]
    out = bytearray()
    while len(out) < size:
        out += rng.choice(words)
    return bytes(out[:size])


def pieces(rng, data):
    at = 0
    while at < len(data):
        size = rng.choice([1, 10, 500, 7000, 131_072, 400_000]) if len(data) < 5000 else rng.choice([7000, 131_072, 400_000])
        yield data[at : at + size]
        at += size


def dictionary(rng):
    data = content(rng)[:20_000]
    return z.ZstdCompressionDict(data, dict_type=z.DICT_TYPE_RAWCONTENT) if data else None


def parameters(rng):
    """Keyword arguments of a compressor, and whether frames are magicless."""
    if rng.random() < 0.5:
        kwargs = {"level": rng.choice([-5, 0, 1, 2, 3, 5, 9, 13, 19])}
        for name in ("write_checksum", "write_content_size", "write_dict_id"):
            if rng.random() < 0.3:
                kwargs[name] = rng.random() < 0.5
        return kwargs, False
    values = {"compression_level": rng.choice([-1, 1, 3, 7])}
    for name, choices in {
        "window_log": [10, 14, 20],
        "hash_log": [8, 12],
        "chain_log": [8, 14],
        "search_log": [1, 4],
        "min_match": [3, 5, 7],
        "target_length": [0, 32],
        "write_content_size": [0, 1],
        "write_checksum": [0, 1],
        "write_dict_id": [0, 1],
        "format": [0, 1],
        "enable_ldm": [1],
    }.items():
        if rng.random() < 0.25:
            values[name] = rng.choice(choices)
    return {"compression_params": z.ZstdCompressionParameters(**values)}, values.get("format") == 1


def damaged(rng, frame):
    kind = rng.randrange(6)
    frame = bytearray(frame)
    if kind == 0 and frame:
        frame[rng.randrange(len(frame))] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del frame[rng.randint(0, len(frame)) :]
    elif kind == 2:
        frame += rng.randbytes(rng.randint(1, 20))
    return bytes(frame)


def compress_all_ways(rng, name, cctx, data):
    out = Outcome
    frame = out(name + "compress").of(lambda: cctx.compress(data))
    size = rng.choice([-1, len(data), len(data) + 1, max(len(data) - 1, 0)])

    def obj():
        o = cctx.compressobj(size=size)
        parts = [o.compress(piece) for piece in cut]
        return b"".join(parts) + o.flush()

    cut = list(pieces(rng, data))
    streamed = out(name + "compressobj").of(obj)

    def chunker():
        c = cctx.chunker(size=size, chunk_size=chunk)
        parts = []
        for piece in cut:
            parts.extend(bytes(part) for part in c.compress(piece))
        parts.extend(bytes(part) for part in c.finish())
        return parts

    chunk = rng.choice([100, 5000, 131_591])
    out(name + "chunker").of(chunker)
    read_size, write_size = rng.choice([1000, 131_072]), rng.choice([1000, 131_591])
    out(name + "read_to_iter").of(
        lambda: b"".join(cctx.read_to_iter(io.BytesIO(data), size=size, read_size=read_size, write_size=write_size))
    )

    def copy():
        sink = PlainSink()
        return cctx.copy_stream(io.BytesIO(data), sink, size=size, read_size=read_size, write_size=write_size), sink.data

    out(name + "copy_stream").of(copy)

    def reader():
        with cctx.stream_reader(io.BytesIO(data), size=size, read_size=read_size, closefd=False) as r:
            parts = []
            while True:
                part = r.read(amount)
                if not part:
                    return b"".join(parts), r.tell()
                parts.append(part)

    amount = rng.choice([1000, 50_000])
    out(name + "stream_reader").of(reader)
    out(name + "stream_reader buffer").of(lambda: cctx.stream_reader(data, closefd=False).readall())

    def writer():
        sink = PlainSink()
        w = cctx.stream_writer(sink, size=size, write_size=write_size, write_return_read=True, closefd=False)
        counts = []
        for piece in cut:
            counts.append(w.write(piece))
            if flushing and len(counts) % 3 == 0 and size == -1:
                w.flush(z.FLUSH_BLOCK if len(counts) % 2 else z.FLUSH_FRAME)
        w.close()
        return sink.data, counts

    flushing = rng.random() < 0.5
    out(name + "stream_writer").of(writer)
    return [one for one in (frame, streamed) if one is not None]


def decompress_all_ways(rng, name, dctx, frame):
    out = Outcome
    out(name + "decompress").of(lambda: dctx.decompress(frame))
    out(name + "decompress limit").of(lambda: dctx.decompress(frame, max_output_size=1_000_000))
    out(name + "decompress extra").of(lambda: dctx.decompress(frame, 1_000_000, allow_extra_data=False))
    cut = list(pieces(rng, frame))

    def obj():
        o = dctx.decompressobj(read_across_frames=across)
        parts = []
        for piece in cut:
            parts.append(o.decompress(piece))
            if o.eof:
                break
        return b"".join(parts), o.eof, o.unused_data

    across = rng.random() < 0.5
    out(name + "decompressobj").of(obj)
    read_size, write_size = rng.choice([100, 131_075]), rng.choice([1000, 131_072])
    out(name + "read_to_iter").of(
        lambda: b"".join(dctx.read_to_iter(io.BytesIO(frame), read_size=read_size, write_size=write_size))
    )

    def copy():
        sink = PlainSink()
        return dctx.copy_stream(io.BytesIO(frame), sink, read_size=read_size, write_size=write_size), sink.data

    out(name + "copy_stream").of(copy)
    out(name + "stream_reader").of(
        lambda: dctx.stream_reader(io.BytesIO(frame), read_size=read_size, closefd=False).readall()
    )

    def writer():
        sink = PlainSink()
        w = dctx.stream_writer(sink, write_size=write_size, write_return_read=True, closefd=False)
        counts = [w.write(piece) for piece in cut]
        w.close()
        return sink.data, counts

    out(name + "stream_writer").of(writer)


def inspect(name, frame):
    out = Outcome
    out(name + "content_size").of(lambda: z.frame_content_size(frame))
    out(name + "header_size").of(lambda: z.frame_header_size(frame))

    def values():
        p = z.get_frame_parameters(frame)
        return p.content_size, p.window_size, p.dict_id, p.has_checksum

    out(name + "parameters").of(values)


def batch(rng, name, cctx, dctx):
    items = [content(rng)[:3000] for _ in range(rng.randint(1, 12))]
    threads = rng.choice([0, 1, 2])

    def there_and_back():
        frames = cctx.multi_compress_to_buffer(items, threads=threads)
        back = dctx.multi_decompress_to_buffer(frames, threads=threads)
        return [frame.tobytes() for frame in frames], [one.tobytes() for one in back], len(frames), frames.size()

    # The reference drops empty items.
    if all(items):
        Outcome(name + "batch").of(there_and_back)


def round_of(seed):
    rng = random.Random(seed)
    name = "%d " % seed
    data = content(rng)
    use = dictionary(rng) if rng.random() < 0.3 else None
    kwargs, magicless = parameters(rng)
    cctx = z.ZstdCompressor(dict_data=use, **kwargs)
    dctx = z.ZstdDecompressor(dict_data=use, format=MAGICLESS if magicless else z.FORMAT_ZSTD1)
    frames = compress_all_ways(rng, name, cctx, data)
    for frame in frames:
        bad = damaged(rng, frame)
        inspect(name, bad)
        decompress_all_ways(rng, name + "back ", dctx, bad)
    if not magicless:
        batch(rng, name, cctx, dctx)


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(first, first + count):
        round_of(seed)
