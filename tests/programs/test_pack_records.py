"""The example program that packs records, as a user runs it."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "examples-c" / "pack_records"
HEADER = 24


def record(number):
    name = f"user {number * 7919 % 10007}"
    fields = {"id": number, "name": name, "mail": f"u{number}@example.org", "active": number % 3 == 0, "tags": []}
    return json.dumps(fields).encode() + b"\n"


RECORDS = b"".join(map(record, range(3000)))


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, code=0, **options):
    options.setdefault("stdout", subprocess.PIPE)
    words = [PROGRAM, *map(str, arguments)]
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120, **options)
    assert result.returncode == code, result.stderr
    return result


def fails(*arguments, **options):
    """What the program says that fails as it should: one line, and nothing else."""
    result = run(*arguments, code=1, **options)
    assert not result.stdout
    assert re.fullmatch(rb"pack_records: [^\n]+\n", result.stderr), result.stderr
    return result.stderr.decode()


def pack(content):
    """The archive of this content."""
    Path("file").write_bytes(content)
    run("pack", "-f", "file", "archive")
    return Path("archive").read_bytes()


def number(archive, at):
    return int.from_bytes(archive[at : at + 8], "little")


CONTENTS = {
    "empty": b"",
    "one-byte": b"x",
    "one-empty-line": b"\n",
    "empty-lines": b"\n" * 1000,
    "one-record": b"the only one\n",
    "one-record-without-newline": b"the only one",
    "empty-lines-between": b"\na\n\n\nb\n\n",
    "no-newline-at-the-end": b"a\nb",
    "crlf": RECORDS[:20_000].replace(b"\n", b"\r\n"),
    "cr-only": b"a\rb\rc",
    "binary": bytes(range(256)) * 40,
    "records": RECORDS,
    "records-without-the-last-newline": RECORDS[:-1],
    "long-line": b"long " * 200_000 + b"\n" + RECORDS[:5000],
    "source-code": b"".join(path.read_bytes() for path in sorted((ROOT / "src").glob("*.rs"))),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_round_trip(content):
    archive = pack(content)
    lines = re.findall(rb"[^\n]*\n|[^\n]+\Z", content)
    assert number(archive, 8) == len(lines)
    assert run("unpack", "archive").stdout == content
    for at in {0, 1, len(lines) // 2, len(lines) - 1} & set(range(len(lines))):
        assert run("get", "archive", at + 1).stdout == lines[at]
    assert f"has {len(lines)}\n" in fails("get", "archive", len(lines) + 1)


def test_what_it_prints_and_how_much_it_saves():
    archive = pack(RECORDS)
    line = run("pack", "-f", "file", "archive").stdout.decode()
    assert line == f"file -> archive: 3000 lines, {len(RECORDS)} -> {len(archive)} bytes\n"
    assert len(archive) < len(RECORDS) * 0.6


def test_a_dictionary_only_where_there_is_enough_to_train_on():
    assert 256 <= number(pack(RECORDS), 16) <= len(RECORDS) // 100
    for content in [b"", b"a\n", RECORDS[:5000]]:
        assert number(pack(content), 16) == 0


def test_the_archive_is_what_its_description_says(directory, tool):
    zstd = tool("zstd")
    archive = pack(RECORDS)
    count, dict_len = number(archive, 8), number(archive, 16)
    assert archive[:8] == b"zstpack1"
    index = HEADER + dict_len
    first = index + 8 * (count + 1)
    ends = [number(archive, index + 8 * at) for at in range(count + 1)]
    assert ends == sorted(ends) and ends[0] == 0 and first + ends[-1] == len(archive)
    (directory / "dict").write_bytes(archive[HEADER:index])
    restored = subprocess.run([zstd, "-d", "-D", "dict"], input=archive[first:], capture_output=True, check=True)
    assert restored.stdout == RECORDS


USAGE = [
    [], ["pack"], ["pack", "-f"], ["pack", "file"], ["pack", "-f", "file"], ["pack", "a", "b", "c"], ["get"],
    ["get", "archive"], ["get", "archive", "1", "2"], ["unpack"], ["unpack", "a", "b"], ["list", "archive"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", USAGE)
def test_bad_arguments(arguments):
    pack(b"a\n")
    result = run(*arguments, code=2)
    assert result.stderr.startswith(b"usage: pack_records") and not result.stdout


def test_help():
    assert run("-h").stdout.startswith(b"usage: pack_records")


def test_lines_that_are_not_there():
    pack(b"a\nb\n")
    for text in ["0", "3", "-1", "1x", "", " 1", "+1", "18446744073709551617", "99999999999999999999999"]:
        assert fails("get", "archive", text) == f"pack_records: archive: there is no line {text}, it has 2\n"


def test_missing_files_and_other_things(directory):
    pack(b"a\n")
    (directory / "folder").mkdir()
    os.mkfifo("pipe")
    for command in (["pack", "-f", "X", "out"], ["get", "X", "1"], ["unpack", "X"]):
        at = command.index("X")
        assert "nothing: No such file" in fails(*command[:at], "nothing", *command[at + 1 :])
        assert "folder: it is not a regular file" in fails(*command[:at], "folder", *command[at + 1 :])
    assert not Path("out").exists()
    assert "No such file" in fails("pack", "file", "missing/archive")
    assert "Is a directory" in fails("pack", "-f", "file", "folder")


def test_refuses_to_overwrite():
    Path("file").write_bytes(b"a\n")
    Path("archive").write_bytes(b"precious")
    assert fails("pack", "file", "archive") == "pack_records: archive: it exists; -f replaces it\n"
    assert Path("archive").read_bytes() == b"precious"
    run("pack", "-f", "file", "archive")
    assert run("unpack", "archive").stdout == b"a\n"


@pytest.mark.parametrize("arguments", ["pack -f file archive", "get archive 1", "unpack archive"])
def test_full_standard_output(arguments):
    pack(RECORDS)
    with open("/dev/full", "w") as full:
        assert fails(*arguments.split(), stdout=full) == "pack_records: standard output: No space left on device\n"


def test_other_data_and_cut_archives():
    whole = pack(b"one\ntwo\n\nfour")
    cut = [whole[:length] for length in range(len(whole))]
    for content in [RECORDS, whole + b"\0", b"zstpack2" + whole[8:], *cut]:
        Path("archive").write_bytes(content)
        assert "it is not an archive of this program, or damaged" in fails("unpack", "archive")
        assert "it is not an archive of this program, or damaged" in fails("get", "archive", "2")


def survives(archive, content, line):
    """Whatever is wrong with the archive: what was packed, or an error."""
    Path("archive").write_bytes(archive)
    for arguments, expected in [(["unpack", "archive"], content), (["get", "archive", line], record(line - 1))]:
        words = [PROGRAM, *map(str, arguments)]
        result = subprocess.run(words, capture_output=True, timeout=60)
        assert result.returncode in (0, 1), (result.returncode, result.stderr)
        if result.returncode == 0:
            assert result.stdout == expected and not result.stderr
        else:
            assert not result.stdout and re.fullmatch(rb"pack_records: [^\n]+\n", result.stderr)


def test_every_damaged_byte_without_a_dictionary():
    content = b"".join(map(record, range(6)))
    whole = pack(content)
    for at in range(len(whole)):
        survives(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :], content, 3)


def test_damage_all_over_an_archive_with_a_dictionary():
    whole = pack(RECORDS)
    index = HEADER + number(whole, 16)
    places = [*range(0, HEADER), *range(HEADER, index, 37), *range(index, index + 80), *range(index, len(whole), 1009)]
    for at in places:
        survives(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :], RECORDS, 3)


def test_offsets_that_wrap_or_run_backwards():
    content = b"".join(map(record, range(6)))
    whole = pack(content)
    for at in range(HEADER, HEADER + 7 * 8, 8):
        for offset in [0, 1, number(whole, at) - 1, number(whole, at) + 1, len(whole), 2**63, 2**64 - 1]:
            survives(whole[:at] + (offset % 2**64).to_bytes(8, "little") + whole[at + 8 :], content, 3)
    for at in (8, 16):
        for value in [1, 2**32, 2**61 - 1, 2**61, 2**63, 2**64 - 1]:
            survives(whole[:at] + value.to_bytes(8, "little") + whole[at + 8 :], content, 3)


@pytest.mark.parametrize("arguments, code", [
    ("pack -f file archive", 0), ("pack -f empty archive", 0), ("pack -f nothing archive", 1), ("pack file archive", 1),
    ("get archive 7", 0), ("get archive 0", 1), ("unpack archive", 0), ("unpack damaged", 1), ("get damaged 3", 1),
    ("unpack file", 1),
])  # fmt: skip
def test_memory(arguments, code, tool):
    valgrind = tool("valgrind")
    whole = bytearray(pack(RECORDS[:60_000]))
    Path("empty").touch()
    index = HEADER + number(whole, 16)
    whole[index + 8 * (number(whole, 8) + 1) + number(whole, index + 16) + 12] ^= 0x55
    Path("damaged").write_bytes(whole)
    options = ["-q", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all"]
    words = [valgrind, *options, PROGRAM, *arguments.split()]
    result = subprocess.run(words, capture_output=True, timeout=300)
    assert result.returncode == code, result.stderr
    assert b"==" not in result.stderr
