"""Input that wants memory or time to be used up: it gets so much as its size or the limit justifies."""

import platform
import re
import subprocess
from pathlib import Path

import pytest

from test_c import STRICT

PROGRAM = Path(__file__).parent / "attacks" / "attacks.c"

# How much of it there is, and by how many MiB the process may grow. A MiB is what the library needs for anything.
MEMORY = {
    "bomb_with_a_limit": (65_536, 8),  # 8 GiB of content, a limit of 1 MiB, 7 ways to decompress
    "bomb_in_streams": (4096, 8),  # 512 MiB of content
    "empty_frames": (2**18, 8),  # 2 MiB of input
    "skippable_frames": (2**18, 8),  # 3 MiB of input
    "empty_blocks": (2**20, 8),  # 3 MiB of input
    "windows": (100, 4),  # 2 GiB each
    "claims": (400, 4),  # contents of up to 2^60 bytes
    "endless_skippable_frames": (1, 4),  # 4 GiB
    "dictionary_chain": (1000, 4),  # 100 KB each
    "batch_of_claims": (10_000, 4),  # 1 GiB each
    "unread": (100_000, 4),  # one byte
}

# Where four times as much should take four times as many instructions.
WORK = ["empty_frames", "skippable_frames", "empty_blocks", "claims", "unread"]


@pytest.fixture
def attack(stage, tool, run, build):
    program = build / "attacks"
    paths = [f"-I{stage / 'include'}", f"-L{stage / 'lib'}", f"-Wl,-rpath,{stage / 'lib'}"]
    run([tool("gcc"), *STRICT, PROGRAM, *paths, "-lzst", "-o", program])
    return program


@pytest.mark.skipif(platform.system() != "Linux", reason="it asks /proc for the memory")
@pytest.mark.parametrize("name", MEMORY)
def test_memory(name, attack, run):
    size, most = MEMORY[name]
    grown = int(run([attack, name, size]))
    print(f"{name} {size}: {grown} KiB")
    assert grown <= most * 1024


@pytest.mark.parametrize("name", WORK)
def test_work(name, attack, tool):
    def instructions(size):
        command = [tool("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null", attack, name, str(size)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return int(re.search(r"Collected : (\d+)", done.stderr)[1])

    # Without what any run takes.
    nothing = instructions(1)
    some, much = (instructions(size) - nothing for size in (1000, 4000))
    print(f"{name}: {some / 1000:.0f} instructions each, {much / 4000:.0f} each of four times as many")
    assert much < 5 * some
