"""Sub-interpreters: the package works in them or cannot be imported there; nothing crashes or hangs."""

import sys

import pytest

from helpers import child

pytestmark = pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy has no sub-interpreters")

CODE = """if 1:
    import sys, threading

    if sys.version_info >= (3, 13):
        import _interpreters

        def create(isolated):
            return _interpreters.create("isolated" if isolated else "legacy")

        def run(interpreter, code):
            failure = _interpreters.exec(interpreter, code)
            assert failure is None, failure.formatted
    else:
        import _xxsubinterpreters as _interpreters

        def create(isolated):
            return _interpreters.create(isolated=isolated)

        run = _interpreters.run_string

    WORK = '''if 1:
        try:
            import zstandard as z
        except ImportError as error:
            assert "interpreter" in str(error), error
        else:
            import io
            data = b"data" * 1000
            frame = z.compress(data)
            assert z.decompress(frame) == data
            sink = io.BytesIO()
            z.ZstdCompressor().copy_stream(io.BytesIO(data), sink)
            assert z.ZstdDecompressor().stream_reader(io.BytesIO(sink.getvalue())).read() == data
            writer = z.ZstdCompressor().stream_writer(io.BytesIO())
            writer.write(data)
            segments = z.ZstdCompressor().multi_compress_to_buffer([data])
            assert bytes(memoryview(segments[0])) == frame
            try:
                z.decompress(b"no frame")
            except z.ZstdError as error:
                assert type(error) is z.ZstdError
            if WORKS is not None:
                WORKS.append(1)
    '''
    worked, failures = [], []

    def run_or_note(interpreter, code):
        try:
            run(interpreter, code)
        except Exception as error:
            failures.append(error)

    if FIRST:
        exec(WORK, {"WORKS": worked})
    for isolated in (False, True):
        for _ in range(2):
            interpreter = create(isolated)
            run(interpreter, "WORKS = None\\n" + WORK)
            _interpreters.destroy(interpreter)
        two = [create(isolated), create(isolated)]
        threads = [threading.Thread(target=run_or_note, args=(one, "WORKS = None\\n" + WORK)) for one in two]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in two:
            _interpreters.destroy(one)
        assert not failures, failures
    exec(WORK, {"WORKS": worked})
    print("worked in the main interpreter", len(worked))
"""


@pytest.mark.parametrize("first", [True, False], ids=["imported before", "imported in them first"])
def test_sub_interpreters(first):
    out = child(CODE.replace("if FIRST:", "if %s:" % first))
    assert out == "worked in the main interpreter %d\n" % (1 + first)
