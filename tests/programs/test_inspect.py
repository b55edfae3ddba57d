"""The example program that prints what frames say, as a user runs it."""

import re

from examples import PROGRAMS, TEXT, command, fails, raw_frame, run, skippable, table


def test_inspect(directory, packed):
    size = packed.stat().st_size
    rows, total = table(run("inspect", "text.zst").stdout)
    assert rows == [["0", "zstd", "9", str(size), str(len(TEXT)), str(len(TEXT)), str(len(TEXT)), "none", "yes"]]
    assert total == f"1 frame, 0 skippable; {size} bytes, content {len(TEXT)} bytes, ratio {len(TEXT) / size:.2f}"


def test_inspect_all_kinds_of_frames(directory):
    frames = [
        skippable(b"first", 7),
        raw_frame(b"abc"),
        raw_frame(b"abc" * 100, window_log=20),
        skippable(b""),
        raw_frame(b"", dict_id=4_000_000_000),
        skippable(bytes(1000), 15),
    ]
    (directory / "all.zst").write_bytes(b"".join(frames))
    rows, total = table(run("inspect", "all.zst").stdout)
    assert [" ".join(row) for row in rows] == [
        "0 skippable 7 8 13 5 - - - -",
        "13 zstd 9 15 3 3 3 none no",
        "28 zstd 6 309 unknown 300 1048576 none no",
        "337 skippable 0 8 8 0 - - - -",
        "345 zstd 13 16 0 0 0 4000000000 no",
        "361 skippable 15 8 1008 1000 - - - -",
    ]
    assert total == "3 frames, 3 skippable; 1369 bytes, content unknown, at most 303 bytes"


def test_inspect_of_skippable_frames_alone(directory):
    (directory / "skip.zst").write_bytes(skippable(b"x"))
    rows, total = table(run("inspect", "-t", "skip.zst").stdout)
    assert (len(rows), total) == (1, "0 frames, 1 skippable; 9 bytes")


def test_inspect_cut_files(directory):
    frames = [raw_frame(b"abc"), skippable(b"12"), raw_frame(b"defg")]
    whole = b"".join(frames)
    ends = [len(b"".join(frames[:count])) for count in range(len(frames) + 1)]
    for length in range(len(whole) + 1):
        (directory / "cut.zst").write_bytes(whole[:length])
        complete = length in ends[1:]
        result = run("inspect", "cut.zst", code=0 if complete else 1)
        if complete:
            assert len(table(result.stdout)[0]) == ends.index(length)
            continue
        offset = max(end for end in ends if end <= length)
        assert result.stderr.startswith(f"inspect: cut.zst: at offset {offset} of {length}: ")
        assert result.stdout.count("\n") == (2 + ends.index(offset) if offset else 0)
        assert "total" not in result.stdout


def test_inspect_what_is_no_frame(directory, packed):
    assert fails("inspect", "text").startswith(f"inspect: text: at offset 0 of {len(TEXT)}: ")
    (directory / "empty").write_bytes(b"")
    assert fails("inspect", "empty").startswith("inspect: empty: at offset 0 of 0: ")
    size = packed.stat().st_size
    packed.write_bytes(packed.read_bytes() + b"and more")
    assert fails("inspect", "text.zst").startswith(f"inspect: text.zst: at offset {size} of {size + 8}: ")


def test_inspect_finds_damage(directory, packed):
    frame = packed.read_bytes()
    bad_block = bytearray(frame)
    bad_block[9] |= 0b110  # a type of block that does not exist
    packed.write_bytes(frame + bad_block)
    assert f"at offset {len(frame)} of {2 * len(frame)}: " in fails("inspect", "text.zst")

    bad_checksum = frame[:-1] + bytes([frame[-1] ^ 1])
    packed.write_bytes(frame + bad_checksum + frame)
    assert len(table(run("inspect", "text.zst").stdout)[0]) == 3  # headers cannot show it
    message = fails("inspect", "-t", "text.zst")
    assert f"at offset {len(frame)} of {3 * len(frame)}: " in message and "checksum" in message


def test_inspect_a_size_that_cannot_be(directory):
    frame = bytearray(raw_frame(b"abc"))
    frame[5:9] = (1 << 30).to_bytes(4, "little")
    (directory / "liar.zst").write_bytes(frame)
    assert "1073741824" in fails("inspect", "liar.zst")


def test_inspect_test_needs_no_dictionary_for_headers(directory):
    (directory / "dict.zst").write_bytes(raw_frame(b"abc", dict_id=77))
    run("inspect", "dict.zst")
    assert "77" in fails("inspect", "-t", "dict.zst")


def test_inspect_several_files(directory, packed):
    result = run("inspect", "text.zst", "nothing", "text.zst", code=1)
    assert result.stdout.count("1 frame,") == 2
    assert result.stderr == "inspect: nothing: No such file or directory\n"


def test_inspect_from_a_pipe(packed):
    result = command(PROGRAMS / "inspect", "/dev/stdin", input=packed.read_bytes())
    assert table(result.stdout.decode())[1].startswith("1 frame,")


def test_inspect_agrees_with_zstd(directory, tool):
    zstd = tool("zstd")
    (directory / "theirs.zst").write_bytes(command(zstd, "-c", "text").stdout * 3)
    lines = command(zstd, "-l", "-v", "theirs.zst").stdout.decode()
    rows, _ = table(run("inspect", "-t", "theirs.zst").stdout)
    assert re.search(r"Zstandard Frames: (\d+)", lines)[1] == str(len(rows))
    assert f"({sum(int(row[3]) for row in rows)} B)" in lines
    assert f"({sum(int(row[4]) for row in rows)} B)" in lines
