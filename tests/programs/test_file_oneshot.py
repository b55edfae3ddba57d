"""The example program that compresses whole files, as a user runs it."""

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from examples import MAGIC, PROGRAMS, ROOT, TEXT, command, fails, names, raw_frame, run, skippable

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
