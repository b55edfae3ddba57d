"""The example program that trains and measures dictionaries, as a user runs it."""

import os
import re

from examples import command, fails, names, run, table


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
