"""What the tests of the examples share: runs of programs, and frames and records made by hand."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "target" / "examples-c"
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


def record(number):
    name = f"user {number * 7919 % 10007}"
    return json.dumps({"id": number, "name": name, "mail": f"u{number}@example.org", "active": number % 3 == 0})


def table(output):
    """The rows of the frames, and what the total says."""
    lines = output.splitlines()
    assert lines[1].split() == "offset type header compressed content bound window dict checksum".split()
    total = [line for line in lines[2:] if line.lstrip().startswith("total  ")]
    return [line.split() for line in lines[2:] if line not in total], total[0].split(None, 1)[1] if total else None


def names():
    return sorted(os.listdir("."))
