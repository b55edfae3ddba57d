"""make install: what goes where, in paths of every kind, and what pkg-config makes of it."""

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
HELLO = ROOT / "examples-c" / "hello.c"

LIBRARIES = {
    "libzst.a": None,
    "libzst.so": "libzst.so.1",
    "libzst.so.1": f"libzst.so.{VERSION}",
    f"libzst.so.{VERSION}": None,
}


@pytest.fixture
def make(tool, run):
    """make(target, NAME=value, ...) without what an outer make has left in the environment, and without cargo: the
    library is there already."""

    def start(target, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        settings = [f"{name}={value}" for name, value in ({"CARGO": "true"} | variables).items()]
        return run([tool("make"), "-C", ROOT, target, *settings], env=environment)

    return start


@pytest.fixture
def pkg_config(tool, run):
    """pkg_config(prefix, libdir)(option, ...) is what pkg-config says, as a shell would understand it."""

    def at(prefix, libdir="lib"):
        environment = os.environ | {"PKG_CONFIG_LIBDIR": str(prefix / libdir / "pkgconfig"), "PKG_CONFIG_PATH": ""}
        return lambda *options: run([tool("pkg-config"), *options, "zst"], env=environment).strip()

    return at


def files(directory):
    """All that is in a directory; what a link refers to."""
    found = [path for path in directory.rglob("*") if path.is_symlink() or not path.is_dir()]
    return {str(path.relative_to(directory)): os.readlink(path) if path.is_symlink() else None for path in found}


def layout(libdir="lib"):
    headers = [str(path.relative_to(ROOT / "include")) for path in (ROOT / "include").rglob("*.h*")]
    assert {"zst.h", "zst_cdef.h", "zst.hpp", "zst/bytes.hpp"} <= set(headers)
    return (
        {f"include/{name}": None for name in headers}
        | {f"{libdir}/{name}": target for name, target in LIBRARIES.items()}
        | {f"{libdir}/pkgconfig/zst.pc": None}
        | {f"{libdir}/cmake/zst/{name}": None for name in ("zst-config.cmake", "zst-config-version.cmake")}
    )


def says_hello(program, run, **environment):
    assert "bytes became" in run([program], env=os.environ | environment)


def compiles(flags, program, tool, run):
    """A shell is given the flags, because they may have quotes in them."""
    run(["sh", "-c", f'"$1" -std=c99 -Werror "$2" {flags} -o "$3"', "sh", tool("gcc"), HELLO, program])


@pytest.mark.parametrize("libdir", ["lib", "lib/x86_64-linux-gnu"])
def test_layout(libdir, make, tmp_path):
    make("install", DESTDIR=tmp_path / "root", PREFIX="/opt/zst", LIBDIR=libdir)
    installed = tmp_path / "root" / "opt" / "zst"
    assert files(tmp_path / "root") == {f"opt/zst/{name}": target for name, target in layout(libdir).items()}
    modes = {path.name: path.stat().st_mode & 0o777 for path in installed.rglob("*") if path.is_file()}
    assert modes.pop(f"libzst.so.{VERSION}") == modes.pop("libzst.so.1") == modes.pop("libzst.so") == 0o755
    assert set(modes.values()) == {0o644}
    assert str(tmp_path) not in "".join(path.read_text() for path in installed.rglob("*.pc"))

    make("uninstall", DESTDIR=tmp_path / "root", PREFIX="/opt/zst", LIBDIR=libdir)
    assert files(tmp_path / "root") == {}


def test_an_absolute_libdir(make, run, tool, tmp_path):
    make("install", PREFIX=tmp_path, LIBDIR=tmp_path / "lib64")
    assert files(tmp_path) == layout("lib64")
    refused = [tool("sh"), ROOT / "packaging" / "install.sh", "install", ROOT / "target" / "lib"]
    with pytest.raises(AssertionError, match="/usr/lib64 is not below /opt"):
        run(refused, env=os.environ | {"PREFIX": "/opt", "LIBDIR": "/usr/lib64"})


def test_nothing_is_written_again(make, tmp_path):
    make("install", PREFIX=tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.[aoh]*")}
    make("install", PREFIX=tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in before}


@pytest.mark.parametrize("libdir", ["lib", "lib/x86_64-linux-gnu"])
def test_pkg_config_after_a_move(libdir, make, pkg_config, tool, run, tmp_path):
    """With blanks in both paths."""
    make("install", PREFIX=tmp_path / "first place", LIBDIR=libdir)
    prefix = tmp_path / "another place"
    shutil.move(tmp_path / "first place", prefix)
    ask = pkg_config(prefix, libdir)
    assert ask("--modversion") == VERSION
    compiles(ask("--cflags", "--libs"), tmp_path / "shared", tool, run)
    says_hello(tmp_path / "shared", run, LD_LIBRARY_PATH=str(prefix / libdir))
    assert "libzst.so.1" in run([tool("readelf"), "--dynamic", tmp_path / "shared"])


def test_pkg_config_static(pkg_config, stage, tool, run, tmp_path):
    """All of the program static, and only this library."""
    flags = pkg_config(stage)("--static", "--cflags", "--libs")
    compiles(f"-static {flags}", tmp_path / "static", tool, run)
    says_hello(tmp_path / "static", run)
    assert "NEEDED" not in run([tool("readelf"), "--dynamic", tmp_path / "static"])

    compiles(flags.replace("-lzst", "-l:libzst.a"), tmp_path / "mixed", tool, run)
    says_hello(tmp_path / "mixed", run)
    needed = run([tool("readelf"), "--dynamic", tmp_path / "mixed"])
    assert "libc.so" in needed and "libzst" not in needed


def test_private_libraries_are_those_that_rustc_names(stage, tool, run, tmp_path):
    """What rustc says of any static library that contains std."""
    source = tmp_path / "any.rs"
    source.write_text("")
    named = tmp_path / "named"
    name = f"--print=native-static-libs={named}"
    run([tool("rustc"), "--crate-type=staticlib", name, source, "-o", tmp_path / "any.a"])
    pc = (stage / "lib" / "pkgconfig" / "zst.pc").read_text()
    written = re.search(r"^Libs.private: (.*)", pc, re.MULTILINE).group(1).split()
    # A C compiler adds these by itself, as the way of linking needs it.
    assert sorted(written) == sorted(set(named.read_text().split()) - {"-lgcc_s", "-lc"})


def test_the_commands_of_the_readme(run, tmp_path):
    readme = (ROOT / "README.md").read_text()
    commands = re.search(r"^```sh\n(make install .*?)```", readme, re.MULTILINE | re.DOTALL).group(1)
    assert len(commands.splitlines()) == 3
    # The program goes elsewhere, and cargo has nothing to do.
    commands = commands.replace("./hello", f"{tmp_path}/hello").replace("-o hello", f"-o {tmp_path}/hello")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    said = run(["sh", "-ec", commands], cwd=ROOT, env=environment | {"HOME": str(tmp_path), "CARGO": "true"})
    assert "bytes became" in said
    assert files(tmp_path / "zst") == layout()
