"""Uses a library that imports `zstandard`: python libraries.py NAME FOLDER. test_libraries.py runs it for each of them."""

import contextlib
import http.server
import io
import random
import sys
import tarfile
import threading
from pathlib import Path

import zstandard

TEXT = b"".join(b"%d squared is %d\n" % (number, number**2) for number in range(20_000))


@contextlib.contextmanager
def server():
    """A local HTTP server, and answers by path."""
    half = len(TEXT) // 2
    compressor = zstandard.ZstdCompressor(level=5)
    frames = [compressor.compress(TEXT[:half]), compressor.compress(TEXT[half:])]
    unsized = zstandard.ZstdCompressor(write_content_size=False, write_checksum=True).compress(TEXT)
    bodies = {
        "/one": zstandard.compress(TEXT),
        "/two": b"".join(frames),
        "/unsized": unsized,
        "/empty": zstandard.compress(b""),
        "/damaged": unsized[:-1] + b"x",
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Encoding", "zstd")
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("X-Accepts", self.headers.get("Accept-Encoding", ""))
            self.end_headers()
            body, rng = bodies[self.path], random.Random(self.path)
            while body:
                size = rng.randint(1, 5000)
                piece, body = body[:size], body[size:]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *arguments):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % listener.server_port
    finally:
        listener.shutdown()
        listener.server_close()


def fails(error, function):
    try:
        function()
    except error:
        return
    raise AssertionError("%s was not raised" % error.__name__)


def use_urllib3(folder):
    import urllib3
    from urllib3.util.request import ACCEPT_ENCODING

    assert "zstd" in ACCEPT_ENCODING
    pool = urllib3.PoolManager(headers=urllib3.make_headers(accept_encoding=True))
    with server() as url:
        for path in ("/one", "/two", "/unsized"):
            answer = pool.request("GET", url + path)
            assert "zstd" in answer.headers["X-Accepts"]
            assert answer.data == TEXT
            answer = pool.request("GET", url + path, preload_content=False)
            assert b"".join(answer.stream(100, decode_content=True)) == TEXT
            answer = pool.request("GET", url + path, preload_content=False)
            assert b"".join(iter(lambda: answer.read(1000), b"")) == TEXT
            answer = pool.request("GET", url + path, preload_content=False)
            answer.auto_close = False
            assert io.TextIOWrapper(io.BufferedReader(answer), encoding="ascii").read() == TEXT.decode()
        assert pool.request("GET", url + "/empty").data == b""
        fails(urllib3.exceptions.DecodeError, lambda: pool.request("GET", url + "/damaged", retries=False))


def use_httpx(folder):
    import asyncio

    import httpx

    async def asynchronous(url):
        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(*(client.get(url + path) for path in ["/one", "/two", "/unsized"] * 5))
            assert all(answer.content == TEXT for answer in answers)

    with server() as url, httpx.Client() as client:
        for path in ("/one", "/two", "/unsized"):
            answer = client.get(url + path)
            assert "zstd" in answer.headers["X-Accepts"]
            assert answer.content == TEXT
            with client.stream("GET", url + path) as answer:
                assert b"".join(answer.iter_bytes(1000)) == TEXT
            with client.stream("GET", url + path) as answer:
                assert "\n".join(answer.iter_lines()) == TEXT.decode().rstrip("\n")
        assert client.get(url + "/empty").content == b""
        fails(httpx.DecodingError, lambda: client.get(url + "/damaged"))
        asyncio.run(asynchronous(url))


def use_pandas(folder):
    import pandas

    frame = pandas.DataFrame({"number": range(5000), "word": ["word %d" % (n % 17) for n in range(5000)]})
    dictionary = zstandard.ZstdCompressionDict(frame.to_csv(index=False).encode()[:20_000])
    for options in ("zstd", {"method": "zstd", "level": 9, "write_checksum": True}):
        path = folder / "table.csv.zst"
        frame.to_csv(path, index=False, compression=options)
        assert zstandard.open(path, "rt").readline() == "number,word\n"
        assert pandas.read_csv(path).equals(frame)
        frame.to_json(folder / "table.json.zst", orient="records", lines=True, compression=options)
        assert pandas.read_json(folder / "table.json.zst", orient="records", lines=True).equals(frame)
        frame.to_pickle(folder / "table.pkl.zst", compression=options)
        assert pandas.read_pickle(folder / "table.pkl.zst").equals(frame)
    options = {"method": "zstd", "dict_data": dictionary}
    frame.to_csv(folder / "table", index=False, compression=options)
    assert pandas.read_csv(folder / "table", compression=options).equals(frame)
    with pandas.read_csv(folder / "table.csv.zst", chunksize=1000) as chunks:
        assert pandas.concat(list(chunks)).equals(frame)
    # A reader of ours as the file.
    with zstandard.open(folder / "table.csv.zst", "rb") as file:
        assert pandas.read_csv(file).equals(frame)


def use_conda_package_streaming(folder):
    from conda_package_streaming import create, extract, package_streaming, transmute

    with create.conda_builder("package-1-0", folder) as tar:
        for name, data in (("info/index.json", b"{}"), ("lib/squares.txt", TEXT), ("lib/empty", b"")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    path = str(folder / "package-1-0.conda")
    read = {}
    for component in ("info", "pkg"):
        with open(path, "rb") as file:
            for tar, member in package_streaming.stream_conda_component(path, file, component):
                read[member.name] = tar.extractfile(member).read()
    assert read == {"info/index.json": b"{}", "lib/squares.txt": TEXT, "lib/empty": b""}
    extract.extract(path, str(folder / "extracted"))
    assert (folder / "extracted" / "lib" / "squares.txt").read_bytes() == TEXT
    transmute.transmute_tar_bz2(path, str(folder))
    with tarfile.open(folder / "package-1-0.tar.bz2") as tar:
        assert tar.extractfile("lib/squares.txt").read() == TEXT


def use_fsspec(folder):
    import fsspec

    for url in ("memory://squares.zst", (folder / "squares.zst").as_uri()):
        with fsspec.open(url, "wb", compression="infer") as file:
            file.write(TEXT[:1000])
            file.write(TEXT[1000:])
        with fsspec.open(url, "rb", compression="zstd") as file:
            assert file.read(10) + file.read() == TEXT
        with fsspec.open(url, "rt", compression="infer") as file:
            assert file.readline() == "0 squared is 0\n"
        with fsspec.open(url, "rb") as file:
            assert zstandard.ZstdDecompressor().stream_reader(file).read() == TEXT


def use_kafka(folder):
    from kafka import codec
    from kafka.record.memory_records import MemoryRecords, MemoryRecordsBuilder

    assert codec.has_zstd()
    assert codec.zstd_decode(codec.zstd_encode(TEXT)) == TEXT
    assert codec.zstd_decode(zstandard.ZstdCompressor(write_content_size=False).compress(TEXT)) == TEXT
    builder = MemoryRecordsBuilder(magic=2, compression_type=4, batch_size=2**20)
    lines = TEXT.splitlines()[:1000]
    for number, line in enumerate(lines):
        assert builder.append(timestamp=number, key=b"%d" % number, value=line)
    builder.close()
    buffer = builder.buffer()
    assert len(buffer) < sum(map(len, lines)) * 2 / 3
    batch = MemoryRecords(bytes(buffer)).next_batch()
    assert [record.value for record in batch] == lines


def use_smart_open(folder):
    import smart_open

    path = str(folder / "squares.txt.zst")
    with smart_open.open(path, "w") as file:
        file.writelines(TEXT.decode().splitlines(keepends=True))
    with smart_open.open(path) as file:
        assert list(file) == TEXT.decode().splitlines(keepends=True)
    with smart_open.open(path, "rb") as file:
        assert file.read() == TEXT
    assert zstandard.ZstdDecompressor().stream_reader(Path(path).read_bytes()).read() == TEXT


if __name__ == "__main__":
    assert zstandard.__version__.startswith("1.0.") and zstandard.backend == "cffi"
    globals()["use_" + sys.argv[1]](Path(sys.argv[2]))
