"""What all programs in examples-c/ have in common, as a user runs them: usage, mistakes, memory."""

import re
import subprocess

import pytest

from examples import PROGRAMS, fails, names, record, run, skippable

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
