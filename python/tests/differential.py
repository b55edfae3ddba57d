"""Runs random calls on the installed `zstandard` and prints what comes out, one line for each call.

The same seed gives the same calls, so that two packages can be compared line by line:

    python differential.py SEED COUNT
"""

import builtins
import hashlib
import io
import random
import struct
import sys
import tempfile

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
            print(self.name, digest(value), sep="\t")
            return value
        except Exception as error:
            print(self.name, (type(error).__name__ + " " + text(error)).rstrip(), sep="\t")
            return None


def text(error):
    """What a ZstdError says, which is for libzstd to say; other texts may be better than the reference's."""
    return str(error).replace("\n", " ") if isinstance(error, z.ZstdError) else ""


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


def read_all(reader, amount, *ways):
    """All that a reader gives, by these methods in turn, piece by piece."""
    parts, positions = [], []
    while True:
        way = ways[len(parts) % len(ways)]
        if way.startswith("readinto"):
            buffer = bytearray(amount)
            part = bytes(buffer[: getattr(reader, way)(buffer)])
        else:
            part = getattr(reader, way)(amount)
        if not part:
            # Where a read1() stops is not promised, and the reference's tell() misses what readinto() has read at the end.
            cuts = parts if "1" not in "".join(ways) else None
            return b"".join(parts), cuts, positions if cuts and "readinto" not in "".join(ways) else None
        parts.append(part)
        positions.append(reader.tell())


def compress_all_ways(rng, name, cctx, data):
    out = Outcome
    frame = out(name + "compress").of(lambda: cctx.compress(data))
    size = rng.choice([-1, len(data), len(data) + 1, max(len(data) - 1, 0)])

    def obj():
        o = cctx.compressobj(size=size)
        parts = []
        for piece in cut:
            parts.append(o.compress(piece))
            if flushing:
                parts.append(o.flush(z.COMPRESSOBJ_FLUSH_BLOCK))
        parts.append(o.flush())
        return b"".join(parts), list(map(len, parts))

    cut = list(pieces(rng, data))
    flushing = rng.random() < 0.3
    streamed = out(name + "compressobj").of(obj)
    streamed = streamed and streamed[0]

    def chunker():
        c = cctx.chunker(size=size, chunk_size=chunk)
        parts = []
        for piece in cut:
            parts.extend(bytes(part) for part in c.compress(piece))
            if flushing:
                parts.extend(bytes(part) for part in c.flush())
        parts.extend(bytes(part) for part in c.finish())
        return parts

    chunk = rng.choice([100, 5000, 131_591])
    out(name + "chunker").of(chunker)
    read_size, write_size = rng.choice([1000, 131_072]), rng.choice([1000, 131_591])
    # The reference crashes with large buffers.
    whole = rng.choice([io.BytesIO, bytes, bytearray]) if len(data) < 10_000 else io.BytesIO
    out(name + "read_to_iter").of(
        lambda: b"".join(cctx.read_to_iter(whole(data), size=size, read_size=read_size, write_size=write_size))
    )

    def copy():
        sink = PlainSink()
        return cctx.copy_stream(io.BytesIO(data), sink, size=size, read_size=read_size, write_size=write_size), sink.data

    out(name + "copy_stream").of(copy)

    def reader():
        with cctx.stream_reader(io.BytesIO(data), size=size, read_size=read_size, closefd=False) as r:
            return read_all(r, amount, *ways)

    ways = [rng.choice(["read", "read1", "readinto", "readinto1"]) for _ in range(3)]
    amount = rng.choice([1000, 50_000])
    out(name + "stream_reader").of(reader)
    out(name + "stream_reader buffer").of(lambda: cctx.stream_reader(data, closefd=False).readall())

    def writer():
        sink = PlainSink()
        w = cctx.stream_writer(sink, size=size, write_size=write_size, write_return_read=return_read, closefd=False)
        counts = []
        for piece in cut:
            counts.append(w.write(piece))
            if flushing and len(counts) % 3 == 0 and size == -1:
                flushed = w.flush(z.FLUSH_BLOCK if len(counts) % 2 else z.FLUSH_FRAME)
                counts.append(0 if return_read else flushed)
        w.close()
        # When output goes to the sink is not promised.
        return sink.data, counts if return_read else None, w.tell()

    return_read = rng.random() < 0.5
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
    skip = rng.randint(1, 50)
    out(name + "read_to_iter skip").of(
        lambda: b"".join(dctx.read_to_iter(b"x" * skip + frame, read_size=read_size, skip_bytes=skip))
    )

    def copy():
        sink = PlainSink()
        return dctx.copy_stream(io.BytesIO(frame), sink, read_size=read_size, write_size=write_size), sink.data

    out(name + "copy_stream").of(copy)
    everything = out(name + "stream_reader all").of(
        lambda: dctx.stream_reader(io.BytesIO(frame), read_size=read_size, closefd=False).readall()
    )
    ways = [rng.choice(["read", "read1", "readinto", "readinto1"]) for _ in range(3)]
    if not everything:
        ways = ["read"]  # Of the others the reference hangs.
    amount = rng.choice([100, 5000, 131_072])
    out(name + "stream_reader").of(
        lambda: read_all(dctx.stream_reader(frame, read_across_frames=across, closefd=False), amount, *ways)
    )

    def seek():
        r = dctx.stream_reader(frame, read_size=read_size)
        return r.seek(forward), r.read(100), r.seek(forward, 1), r.read(100), r.tell()

    forward = rng.randint(0, 50_000)
    out(name + "seek").of(seek)

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

    def of_a_buffer():
        pairs, at = [], 0
        for item in items:
            pairs += [at, len(item)]
            at += len(item)
        buffer = z.BufferWithSegments(b"".join(items), struct.pack("=%dQ" % len(pairs), *pairs))
        both = z.BufferWithSegmentsCollection(buffer, buffer)
        frames = cctx.multi_compress_to_buffer(buffer if len(items) % 2 else both, threads=threads)
        sizes = struct.pack("=%dQ" % len(items), *map(len, items))
        back = dctx.multi_decompress_to_buffer([frame.tobytes() for frame in frames][: len(items)], sizes, threads)
        return (
            [frame.tobytes() for frame in frames],
            [one.tobytes() for one in back],
            [(segment.offset, len(segment)) for segment in buffer],
            (len(buffer), buffer.size, buffer.tobytes(), bytes(buffer.segments()), len(both), both.size()),
            both[len(both) - 1].tobytes(),
        )

    # The reference drops empty items.
    if all(items):
        Outcome(name + "batch").of(there_and_back)
        Outcome(name + "batch of a buffer").of(of_a_buffer)


def chain(rng, name):
    """Contents of which each is compressed with the one before as a dictionary."""
    texts = [content(rng)[:5000] + b"x"]
    frames = [z.ZstdCompressor().compress(texts[0])]
    for _ in range(rng.randint(0, 5)):
        texts.append(texts[-1][: rng.randint(1, 5000)] + rng.randbytes(10))
        before = z.ZstdCompressionDict(texts[-2], dict_type=z.DICT_TYPE_RAWCONTENT)
        frames.append(z.ZstdCompressor(dict_data=before).compress(texts[-1]))
    Outcome(name + "frames of a chain").of(lambda: frames)
    Outcome(name + "chain").of(lambda: z.ZstdDecompressor().decompress_content_dict_chain(frames))
    bad = list(frames)
    bad[rng.randrange(len(bad))] = damaged(rng, bad[-1])
    Outcome(name + "bad chain").of(lambda: z.ZstdDecompressor().decompress_content_dict_chain(bad))


def trained(rng, name):
    words = [rng.randbytes(rng.randint(3, 12)) for _ in range(200)]
    samples = [b"".join(rng.choice(words) for _ in range(30)) for _ in range(300)]
    made = z.train_dictionary(4096, samples)
    Outcome(name + "train_dictionary").of(lambda: (made.as_bytes(), len(made), made.dict_id(), made.k > 0, made.d))
    made.precompute_compress(level=rng.choice([1, 3, 9]))
    frame = Outcome(name + "trained compress").of(lambda: z.ZstdCompressor(dict_data=made).compress(samples[0]))
    Outcome(name + "trained parameters").of(lambda: z.get_frame_parameters(frame).dict_id)
    Outcome(name + "trained back").of(lambda: z.ZstdDecompressor(dict_data=made).decompress(frame))
    Outcome(name + "no dictionary").of(lambda: z.ZstdDecompressor().decompress(frame))


def tables(rng, name):
    """Parameters that libzstd knows for levels and sizes."""
    level, size, more = rng.randint(-5, 22), rng.choice([0, 1, 1000, 10**6, 10**9]), rng.choice([0, 100, 10**5])
    p = z.ZstdCompressionParameters.from_level(level, source_size=size, dict_size=more)
    names = "window_log hash_log chain_log search_log min_match target_length strategy compression_level".split()
    Outcome(name + "from_level").of(lambda: [int(getattr(p, one)) for one in names])
    Outcome(name + "context size").of(lambda: p.estimated_compression_context_size())


def files(rng, name, cctx, dctx):
    data = content(rng)[:5000]
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/file"

        def there():
            with z.open(path, "wb", cctx=cctx) as file:
                counts = [file.write(piece) for piece in pieces(rng, data)]
            with builtins.open(path, "rb") as file:
                return counts, file.read()

        Outcome(name + "open wb").of(there)
        Outcome(name + "open rb").of(lambda: z.open(path, dctx=dctx).read())

        def text():
            with z.open(path, rng.choice(["w", "wt", "x"]), encoding="latin-1", newline="") as file:
                file.write(data.decode("latin-1"))
            with z.open(path, "rt", encoding="latin-1", newline="") as file:
                return list(file)

        Outcome(name + "open text").of(text)


def window(rng, name):
    frame = z.ZstdCompressor(write_content_size=False).compress(bytes(rng.choice([100, 100_000, 5_000_000])))
    limit = rng.choice([0, 1, 1024, 2**20, 2**23, 2**31, 2**32])
    Outcome(name + "max_window_size").of(
        lambda: len(b"".join(z.ZstdDecompressor(max_window_size=limit).read_to_iter(frame)))
    )


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
        files(rng, name, cctx, dctx)
    else:
        Outcome(name + "magicless parameters").of(lambda: z.get_frame_parameters(frames[0], format=MAGICLESS).content_size)
    chain(rng, name)
    tables(rng, name)
    window(rng, name)
    if seed % 5 == 0:
        trained(rng, name)


def constants():
    # The reference has dropped HASHLOG3_MAX since 0.13.
    for name in sorted(set(vars(z)) - {"HASHLOG3_MAX"}):
        if name.isupper() and name[0] != "_" and name.isidentifier():
            print("0 constant", "%s %s" % (name, digest(getattr(z, name))), sep="\t")


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    if first == 0:
        constants()
    for seed in range(first, first + count):
        round_of(seed)
