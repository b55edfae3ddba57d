"""The programs in examples-c/, as a user runs them: results, options, mistakes, damaged files, other tools."""

import importlib.util
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "target" / "examples-c"
DEMO = ROOT / "examples-c" / "demo.py"

MAGIC = b"\x28\xb5\x2f\xfd"
TEXT = b"".join(b"line %d of a text that repeats itself\n" % number for number in range(4000))


def run(name, *arguments, code=0, **options):
    """Runs an example in the current directory; it must end with `code`."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    command = [str(PROGRAMS / name), *(str(argument) for argument in arguments)]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120, **options)
    assert result.returncode == code, result.stderr
    return result


def fails(name, *arguments, **options):
    """What a program says on stderr that fails as it should: exit code 1, one line, which begins with its name."""
    message = run(name, *arguments, code=1, **options).stderr
    assert message.startswith(f"{name}: ") and message.count("\n") == 1
    return message


def command(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=120, **options)


def skippable(payload, variant=0):
    return (0x184D2A50 + variant).to_bytes(4, "little") + len(payload).to_bytes(4, "little") + payload


def raw_frame(content, *, dict_id=0, window_log=None):
    """A frame made by hand, of one raw block: with the content size (4 bytes), or else with a window."""
    assert len(content) < 1 << 17
    descriptor = (0b00000000 if window_log else 0b10100000) | (3 if dict_id else 0)
    header = bytes([descriptor])
    header += bytes([(window_log - 10) << 3]) if window_log else b""
    header += dict_id.to_bytes(4, "little") if dict_id else b""
    header += b"" if window_log else len(content).to_bytes(4, "little")
    return MAGIC + header + (len(content) << 3 | 1).to_bytes(3, "little") + content


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    """Every test has a directory of its own, with a file `text`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_bytes(TEXT)
    return tmp_path


@pytest.fixture
def packed(directory):
    """text.zst, made from `text`."""
    run("file_oneshot", "-c", "text")
    return directory / "text.zst"


def names():
    return sorted(os.listdir("."))


# Usage, the same in all of them.

BAD_ARGUMENTS = [
    ("file_oneshot", []),
    ("file_oneshot", ["-c"]),
    ("file_oneshot", ["text"]),
    ("file_oneshot", ["-c", "-d", "text"]),
    ("file_oneshot", ["-x", "text"]),
    ("file_oneshot", ["-c", "-o", "out", "text", "other"]),
    ("file_oneshot", ["-c", "-o"]),
    ("file_oneshot", ["-c", "-l", "", "text"]),
    ("file_oneshot", ["-c", "-l", "3x", "text"]),
    ("file_oneshot", ["-c", "-l", "99999999999999999999", "text"]),
    ("file_oneshot", ["-c", "-t", "two", "text"]),
    ("inspect", []),
    ("inspect", ["-x", "text"]),
    ("dictionary", []),
    ("dictionary", ["-x", "text"]),
    ("dictionary", ["-s", "0", "text"]),
    ("dictionary", ["-s", "-1", "text"]),
    ("dictionary", ["-s", "1k", "text"]),
    ("dictionary", ["-l", "23", "text"]),
    ("dictionary", ["-D", "dict", "-o", "out", "text"]),
    ("dictionary", ["-D", "dict", "-s", "1000", "text"]),
]


@pytest.mark.parametrize("name, arguments", BAD_ARGUMENTS)
def test_bad_arguments(name, arguments):
    result = run(name, *arguments, code=2)
    assert f"usage: {name}" in result.stderr
    assert result.stdout == ""
    assert names() == ["text"]


@pytest.mark.parametrize("option, value", [("-l", 23), ("-l", -131073), ("-t", -2), ("-t", 100000)])
def test_out_of_bounds(option, value):
    message = run("file_oneshot", "-c", option, value, "text", code=2).stderr
    assert re.fullmatch(rf"file_oneshot: (compression_level|threads) is {value}, allowed are -\d+ to \d+\n", message)
    assert names() == ["text"]


@pytest.mark.parametrize("name", ["file_oneshot", "inspect", "dictionary"])
def test_help(name):
    result = run(name, "-h")
    assert result.stdout.startswith(f"usage: {name}")
    assert result.stderr == ""


@pytest.mark.parametrize(
    "name, arguments", [("file_oneshot", "-c -f text"), ("inspect", "text.zst"), ("dictionary", "text")]
)
def test_full_standard_output(name, arguments, packed):
    with open("/dev/full", "w") as full:
        assert fails(name, *arguments.split(), stdout=full).endswith("standard output: No space left on device\n")


@pytest.mark.parametrize("name, arguments", [("file_oneshot", ["-c"]), ("inspect", []), ("dictionary", [])])
def test_missing_files_and_directories(name, arguments):
    assert fails(name, *arguments, "nothing").endswith("nothing: No such file or directory\n")
    assert fails(name, *arguments, ".", cwd="/").endswith(" Is a directory\n")
    assert names() == ["text"]


# hello

def test_hello():
    result = run("hello")
    found = re.fullmatch(r"(\d+) bytes became (\d+), and again: (Hello, .* zst!)\n", result.stdout)
    assert int(found[1]) == len(found[3]) + 1 > int(found[2])
    assert result.stderr == ""


# file_oneshot

LEVELS = ["", "-l -131072", "-l-7", "-l 0", "-l 1", "-l 19", "-l 22"]
THREADS = ["-t 1", "-t 2 -l 5", "-t -1"]


@pytest.mark.parametrize("options", LEVELS + THREADS)
def test_round_trip(options, directory):
    line = run("file_oneshot", "-c", *options.split(), "text").stdout
    size = (directory / "text.zst").stat().st_size
    ratio = f"{len(TEXT) / size:.2f}"
    assert re.fullmatch(rf"text -> text.zst: {len(TEXT)} -> {size} bytes, ratio {ratio}, \d+\.\d MB/s\n", line)

    line = run("file_oneshot", "-d", "-o", "restored", "text.zst").stdout
    assert re.fullmatch(rf"text.zst -> restored: {size} -> {len(TEXT)} bytes, ratio {ratio}, \d+\.\d MB/s\n", line)
    assert Path("restored").read_bytes() == TEXT


def test_levels_differ(directory):
    shutil.copy(ROOT / "include" / "zst.h", "text")
    sizes = []
    for level in (-50, 1, 19):
        run("file_oneshot", "-c", "-f", "-l", level, "text")
        sizes.append((directory / "text.zst").stat().st_size)
    assert sizes == sorted(set(sizes), reverse=True)


def test_threads_make_a_large_file_of_several_jobs(directory):
    (directory / "large").write_bytes(os.urandom(1 << 20) * 20)
    run("file_oneshot", "-c", "-t", "2", "-l", "1", "large")
    run("file_oneshot", "-d", "-o", "restored", "large.zst")
    assert (directory / "restored").read_bytes() == (directory / "large").read_bytes()


def test_names_are_made_from_names(packed):
    os.rename("text", "original")
    assert run("file_oneshot", "-d", "text.zst").stdout.startswith("text.zst -> text: ")
    assert Path("text").read_bytes() == TEXT
    os.mkdir("sub")
    shutil.copy(packed, "sub/.zst")
    for name in ("original", "sub/.zst"):
        assert "does not end in .zst; name the output with -o" in fails("file_oneshot", "-d", name)


def test_several_files_and_one_that_is_bad(directory):
    (directory / "other").write_bytes(b"other")
    result = run("file_oneshot", "-c", "text", "nothing", "other", code=1)
    assert result.stdout.count("\n") == 2
    assert result.stderr == "file_oneshot: nothing: No such file or directory\n"
    assert names() == ["other", "other.zst", "text", "text.zst"]

    os.remove("text"), os.remove("other")
    assert run("file_oneshot", "-d", "-q", "other.zst", "text.zst").stdout == ""
    assert ((directory / "text").read_bytes(), (directory / "other").read_bytes()) == (TEXT, b"other")


def test_empty_file(directory):
    (directory / "empty").write_bytes(b"")
    run("file_oneshot", "-c", "empty")
    size = (directory / "empty.zst").stat().st_size
    result = run("file_oneshot", "-d", "-f", "empty.zst")
    assert result.stdout == f"empty.zst -> empty: {size} -> 0 bytes\n"
    assert (directory / "empty").read_bytes() == b""


def test_empty_input_is_no_frame(directory):
    (directory / "empty.zst").write_bytes(b"")
    assert "there is no input" in fails("file_oneshot", "-d", "empty.zst")
    assert names() == ["empty.zst", "text"]


def test_permissions_are_kept(directory):
    (directory / "text").chmod(0o600)
    run("file_oneshot", "-c", "text")
    assert stat.S_IMODE((directory / "text.zst").stat().st_mode) == 0o600


def test_input_in_small_pieces(directory):
    words = [PROGRAMS / "file_oneshot", "-c", "-q", "-o", "out.zst", "/dev/stdin"]
    process = subprocess.Popen(words, stdin=subprocess.PIPE)
    for at in range(0, 3000, 100):
        process.stdin.write(TEXT[at : at + 100])
        process.stdin.flush()
        time.sleep(0.001)
    process.stdin.write(TEXT[3000:])
    process.stdin.close()
    assert process.wait(60) == 0
    run("file_oneshot", "-d", "out.zst")
    assert (directory / "out").read_bytes() == TEXT


def test_all_frames_and_no_skippable_ones(directory, packed):
    frame = packed.read_bytes()
    packed.write_bytes(skippable(b"before", 15) + frame + skippable(b"") + raw_frame(b"by hand", window_log=10) + frame)
    run("file_oneshot", "-d", "-o", "restored", "text.zst")
    assert (directory / "restored").read_bytes() == TEXT + b"by hand" + TEXT


def test_only_a_skippable_frame(directory):
    (directory / "skip.zst").write_bytes(skippable(b"nothing to see"))
    run("file_oneshot", "-d", "skip.zst")
    assert (directory / "skip").read_bytes() == b""


def test_refuses_to_overwrite(directory, packed):
    packed.write_bytes(b"precious")
    assert fails("file_oneshot", "-c", "text") == "file_oneshot: text.zst: it exists; -f replaces it\n"
    assert packed.read_bytes() == b"precious"
    run("file_oneshot", "-c", "-f", "text")
    assert packed.read_bytes().startswith(MAGIC)
    assert names() == ["text", "text.zst"]


@pytest.mark.parametrize("force", [[], ["-f"]])
def test_replaces_nothing_but_files(directory, force):
    os.mkdir("folder"), os.mkfifo("pipe"), os.symlink("text", "link"), os.symlink("nowhere", "dangling")
    before = names()
    for out in ("folder", "pipe", "link", "dangling", "/dev/null", "/dev/full"):
        assert f"file_oneshot: {out}: i" in fails("file_oneshot", "-c", *force, "-o", out, "text").lower()
    assert names() == before
    assert (directory / "text").read_bytes() == TEXT


def test_input_is_not_output(directory):
    assert "input and output at once" in fails("file_oneshot", "-c", "-f", "-o", "text", "text")
    os.link("text", "text.zst")
    assert "input and output at once" in fails("file_oneshot", "-c", "-f", "text")
    assert (directory / "text").read_bytes() == TEXT


def test_output_that_cannot_be_made():
    assert "No such file or directory" in fails("file_oneshot", "-c", "-o", "missing/out", "text")
    assert "Not a directory" in fails("file_oneshot", "-c", "-o", "text/out", "text")
    assert "File name too long" in fails("file_oneshot", "-c", "-o", "x" * 300, "text")


def no_large_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))


def test_nothing_is_left_when_writing_fails(directory, packed):
    os.rename("text", "original")
    assert "File too large" in fails("file_oneshot", "-d", "text.zst", preexec_fn=no_large_files)
    assert names() == ["original", "text.zst"]


def test_the_old_file_stays_when_writing_fails(directory, packed):
    (directory / "text").write_bytes(b"precious")
    assert "File too large" in fails("file_oneshot", "-d", "-f", "text.zst", preexec_fn=no_large_files)
    assert names() == ["text", "text.zst"]
    assert (directory / "text").read_bytes() == b"precious"


def test_nothing_is_left_after_a_signal(directory):
    with (directory / "zeros").open("wb") as file:
        file.truncate(200_000_000)
    run("file_oneshot", "-c", "-q", "-l", "-7", "zeros")
    os.remove("zeros")
    process = subprocess.Popen([PROGRAMS / "file_oneshot", "-d", "-q", "zeros.zst"])
    while not os.path.exists("zeros") and process.poll() is None:
        pass
    process.send_signal(signal.SIGTERM)
    if process.wait(60) == 0:  # it was faster than the signal
        assert os.path.getsize("zeros") == 200_000_000
    else:
        assert process.returncode == -signal.SIGTERM
        assert names() == ["text", "zeros.zst"]


def test_cut_input(directory, packed):
    os.remove("text")
    whole = packed.read_bytes()
    for length in [1, 4, 5, 8, len(whole) // 2, len(whole) - 5, len(whole) - 1]:
        packed.write_bytes(whole[:length])
        message = fails("file_oneshot", "-d", "text.zst")
        assert re.search(r"the input ends inside it|needs \d+ bytes", message), message
        assert names() == ["text.zst"]
    packed.write_bytes(whole + whole[:-1])
    assert "the input ends inside it" in fails("file_oneshot", "-d", "text.zst")
    assert names() == ["text.zst"]


def test_damaged_input(directory, packed):
    os.remove("text")
    whole = packed.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        packed.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        fails("file_oneshot", "-d", "text.zst")  # the checksum finds what the decoder does not
        assert names() == ["text.zst"]


def test_checksum_is_verified(directory, packed):
    whole = packed.read_bytes()
    packed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "checksum" in fails("file_oneshot", "-d", "-o", "restored", "text.zst")
    assert names() == ["text", "text.zst"]


def test_other_data(directory, packed):
    assert "text" in fails("file_oneshot", "-d", "-o", "out", "text")
    packed.write_bytes(packed.read_bytes() + b"more")
    assert "4 bytes of unused data" in fails("file_oneshot", "-d", "-o", "out", "text.zst")
    assert names() == ["text", "text.zst"]


def test_a_window_that_is_too_large(directory):
    (directory / "wide.zst").write_bytes(raw_frame(b"small", window_log=31))
    assert "needs a window of 2147483648 bytes" in fails("file_oneshot", "-d", "wide.zst")


@pytest.mark.parametrize("options", ["", "-l 19", "-t 2", "-l -5"])
def test_zstd_restores_ours(directory, options, tool):
    zstd = tool("zstd")
    run("file_oneshot", "-c", *options.split(), "text")
    command(zstd, "-t", "text.zst")
    assert command(zstd, "-dc", "text.zst").stdout == TEXT


@pytest.mark.parametrize("options", ["-1", "--ultra -22", "-T2 -5", "--no-check", "--long=27", "--no-content-size"])
@pytest.mark.parametrize("from_file", [True, False])
def test_we_restore_what_zstd_makes(directory, options, from_file, tool):
    zstd = tool("zstd")
    words = [zstd, *options.split(), "-c"]
    out = (command(*words, "text") if from_file else command(*words, input=TEXT)).stdout
    (directory / "theirs.zst").write_bytes(out * 2)
    run("file_oneshot", "-d", "theirs.zst")
    assert (directory / "theirs").read_bytes() == TEXT * 2


# inspect

def table(output):
    """The rows of the frames, and what the total says."""
    lines = output.splitlines()
    assert lines[1].split() == "offset type header compressed content bound window dict checksum".split()
    total = [line for line in lines[2:] if line.lstrip().startswith("total  ")]
    return [line.split() for line in lines[2:] if line not in total], total[0].split(None, 1)[1] if total else None


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


# dictionary

def record(number):
    name = f"user {number * 7919 % 10007}"
    return json.dumps({"id": number, "name": name, "mail": f"u{number}@example.org", "active": number % 3 == 0})


@pytest.fixture
def lines(directory):
    (directory / "lines").write_text("".join(record(number) + "\n" for number in range(3000)))
    return "lines"


@pytest.fixture
def small_files(directory):
    (directory / "small").mkdir()
    for number in range(400):
        (directory / "small" / f"{number:03}").write_text(record(number) + "\n" + record(number + 1000) + "\n")
    return sorted((directory / "small").iterdir())


def figures(output):
    """The numbers of a report, which must agree with each other."""
    rows = dict(re.findall(r"^(\S+(?: it)?) +(\d+)", output, re.M))
    found = {name: int(number) for name, number in rows.items()}
    total = int(re.search(r"samples +\d+, (\d+) bytes", output)[1])
    change = "gain" if "gain" in found else "loss"
    sign = 1 if change == "gain" else -1
    assert found[change] == sign * (found["without it"] - found["with it"])
    assert f"{100 * found[change] / found['without it']:.1f} % {'smaller' if sign > 0 else 'larger'}" in output
    assert f"ratio {total / found['with it']:.2f}" in output and f"ratio {total / found['without it']:.2f}" in output
    return {**found, "total": total}


def test_dictionary_of_lines(lines):
    result = figures(run("dictionary", "-s", "4096", lines).stdout)
    assert (result["samples"], result["total"]) == (3000, os.path.getsize(lines))
    assert result["dictionary"] <= 4096
    assert result["with it"] < result["without it"] / 1.5


def test_a_last_line_without_an_end(directory, lines):
    (directory / lines).write_bytes((directory / lines).read_bytes()[:-1])
    assert figures(run("dictionary", "-s", "4096", lines).stdout)["samples"] == 3000


def test_dictionary_of_files(small_files, directory):
    output = run("dictionary", "-s", "2000", "-l", "19", "-o", "saved", *small_files[::2]).stdout
    result = figures(output)
    assert result["samples"] == 200
    saved = (directory / "saved").read_bytes()
    assert len(saved) == result["dictionary"] <= 2000
    assert f"id {int.from_bytes(saved[4:8], 'little')}, trained on these samples" in output

    output = run("dictionary", "-D", "saved", *small_files[1::2]).stdout
    assert f"id {int.from_bytes(saved[4:8], 'little')}, from a file" in output
    others = figures(output)
    assert others["dictionary"] == len(saved)
    assert others["with it"] < others["without it"]


def test_a_dictionary_that_does_not_help(directory, small_files):
    run("dictionary", "-s", "2000", "-o", "saved", *small_files)
    for number in range(10):
        (directory / f"noise{number}").write_bytes(os.urandom(500))
    figures(run("dictionary", "-D", "saved", *directory.glob("noise*")).stdout)


def test_empty_samples_among_others(directory, small_files):
    (directory / "empty").write_bytes(b"")
    assert figures(run("dictionary", "-s", "2000", "empty", *small_files, "empty").stdout)["samples"] == 402


def test_dictionary_failures(directory, small_files):
    (directory / "empty").write_bytes(b"")
    assert "they are all empty" in fails("dictionary", "empty")
    assert "they are all empty" in fails("dictionary", "empty", "empty")
    assert "samples are needed" in fails("dictionary", *small_files[:2])
    assert "dict_size must be 256 or more" in fails("dictionary", "-s", "255", *small_files)
    assert "nothing: No such file" in fails("dictionary", "-o", "saved", *small_files, "nothing")
    assert "nothing: No such file" in fails("dictionary", "-D", "nothing", "text")
    assert "dictionary" in fails("dictionary", "-D", "text", "text")
    assert names() == ["empty", "small", "text"]


def test_dictionary_refuses_to_overwrite(directory, lines):
    (directory / "saved").write_bytes(b"precious")
    assert fails("dictionary", "-o", "saved", lines) == "dictionary: saved: it exists; -f replaces it\n"
    assert (directory / "saved").read_bytes() == b"precious"
    run("dictionary", "-o", "saved", "-f", lines)
    assert (directory / "saved").read_bytes()[:4] == b"\x37\xa4\x30\xec"


def test_zstd_uses_our_dictionary(directory, small_files, tool):
    zstd = tool("zstd")
    run("dictionary", "-s", "2000", "-o", "saved", *small_files)
    dict_id = int.from_bytes((directory / "saved").read_bytes()[4:8], "little")
    with_it = command(zstd, "-D", "saved", "-c", small_files[0]).stdout
    assert len(with_it) < len(command(zstd, "-c", small_files[0]).stdout)
    (directory / "sample.zst").write_bytes(with_it)
    assert table(run("inspect", "sample.zst").stdout)[0][0][7] == str(dict_id)


def test_we_use_the_dictionary_of_zstd(directory, small_files, tool):
    zstd = tool("zstd")
    command(zstd, "--train", "-q", "--maxdict=2000", "-o", "theirs", *small_files)
    result = figures(run("dictionary", "-D", "theirs", *small_files).stdout)
    assert result["with it"] < result["without it"]


# Memory

@pytest.mark.parametrize(
    "name, arguments, code",
    [
        ("hello", "", 0),
        ("file_oneshot", "-c -l 5 -f text", 0),
        ("file_oneshot", "-c -t 2 -o out text", 0),
        ("file_oneshot", "-d -f text.zst text.zst", 0),
        ("file_oneshot", "-d -f cut.zst damaged.zst text.zst", 1),
        ("file_oneshot", "-c text.zst nothing .", 1),
        ("inspect", "-t text.zst skip.zst", 0),
        ("inspect", "-t cut.zst damaged.zst text", 1),
        ("dictionary", "-s 1000 -o saved small/*", 0),
        ("dictionary", "-s 1000 lines", 0),
        ("dictionary", "-D text small/*", 1),
        ("dictionary", "text nothing", 1),
    ],
)
def test_memory(name, arguments, code, directory, packed, lines, small_files, tool):
    valgrind = tool("valgrind")
    whole = packed.read_bytes()
    (directory / "cut.zst").write_bytes(whole + whole[:-10])
    (directory / "damaged.zst").write_bytes(whole[:20] + bytes([whole[20] ^ 255]) + whole[21:])
    (directory / "skip.zst").write_bytes(skippable(b"x") + whole)
    for path in small_files[100:]:
        path.unlink()
    (directory / lines).write_text("".join(record(number) + "\n" for number in range(200)))
    words = []
    for word in arguments.split():
        words += sorted(directory.glob(word)) if "*" in word else [word]
    # hello ends with contexts that are kept for the next call; the others give everything back.
    kinds = "definite,indirect,possible" if name == "hello" else "all"
    options = ["-q", "--error-exitcode=99", "--leak-check=full"]
    options += [f"--show-leak-kinds={kinds}", f"--errors-for-leak-kinds={kinds}"]
    result = subprocess.run([valgrind, *options, PROGRAMS / name, *words], capture_output=True, text=True, timeout=300)
    assert result.returncode == code, result.stderr
    assert "==" not in result.stderr


# demo.py and the commands around it

@pytest.fixture
def demo():
    spec = importlib.util.spec_from_file_location("demo", DEMO)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_demo(demo, monkeypatch, capsys):
    monkeypatch.setattr(demo, "RUNS", [(1, 0)])
    demo.main()
    output = capsys.readouterr().out
    assert "equals the original, byte for byte" in output
    assert re.search(r"^  gain +\d+ bytes", output, re.M)
    assert "1 frame, 0 skippable" in output
    assert "All of it was verified" in output
    assert not (ROOT / "target" / "demo").exists()


@pytest.fixture
def copy_of_demo(directory):
    """demo.py in a tree of its own, with programs that can be replaced."""
    (directory / "examples-c").mkdir()
    shutil.copy(DEMO, "examples-c/demo.py")
    shutil.copytree(PROGRAMS, "target/examples-c")
    return directory


def demo_fails():
    result = subprocess.run([sys.executable, "examples-c/demo.py"], capture_output=True, text=True, timeout=120)
    assert result.returncode == 1
    assert re.fullmatch(r"demo: [^\n]+\n", result.stderr), result.stderr
    assert not os.path.exists("target/demo")
    return result.stderr


def test_demo_without_programs(copy_of_demo):
    os.remove("target/examples-c/file_oneshot")
    assert "target/examples-c/file_oneshot is not there" in demo_fails()


WRONG_OUTPUT = """
while [ "$1" != -o ]; do shift; done
echo something else > "$2"
echo "x: 5 -> 5 bytes, ratio 1.00, 1.0 MB/s"
"""


@pytest.mark.parametrize(
    "script, sentence",
    [
        ("echo 'file_oneshot: no luck' >&2; exit 1", "file_oneshot failed: file_oneshot: no luck"),
        ("exit 3", "exit code 3, without a word"),
        ("echo something else", "does not understand: something else"),
        (WRONG_OUTPUT, "restored differs from the original"),
    ],
)
def test_demo_with_a_broken_program(copy_of_demo, script, sentence):
    Path("target/examples-c/file_oneshot").write_text("#!/bin/sh\n" + script + "\n")
    assert sentence in demo_fails()


@pytest.mark.parametrize(
    "target, variable", [("demo", "PYTHON"), ("demo", "CARGO"), ("demo", "CC"), ("examples", "CC"), ("test", "CARGO")]
)
def test_make_says_which_tool_is_missing(target, variable, tool):
    make = tool("make")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    words = [make, target, f"{variable}=no-such-tool"]
    result = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert result.stderr.splitlines()[0].startswith("no-such-tool was not found: ")
