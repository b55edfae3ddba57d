"""CMake projects: with an installed library, by find_package() and by pkg-config, and with its sources."""

import os
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = ROOT / "cmake" / "consumer"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")


@pytest.fixture
def consume(tool, run, build):
    """consume(FROM, NAME=value, ...) builds the consumer and runs its programs; the folder that they are in."""

    def start(how, **settings):
        settings = [f"-D{name}={value}" for name, value in settings.items()]
        # "target (dir)" has what a path may have.
        directory = build / "target (dir)"
        shutil.rmtree(directory, ignore_errors=True)
        run([tool("cmake"), "-S", CONSUMER, "-B", directory, f"-DFROM={how}", *settings])
        run([tool("cmake"), "--build", directory, "--parallel", "2"])
        said = run([tool("ctest"), "--test-dir", directory, "--output-on-failure"])
        assert re.search(r"100% tests passed, 0 tests failed out of [26]\n", said)
        return directory

    return start


def needs_libzst(program, tool, run):
    return "libzst.so.1" in run([tool("readelf"), "--dynamic", program])


def check_kinds(directory, tool, run, default=True):
    kinds = {"zst_zst": default, "zst_shared": True, "zst_static": False}
    programs = {f"{kind}_{language}": shared for kind, shared in kinds.items() for language in ("c", "cpp")}
    assert {name: needs_libzst(directory / name, tool, run) for name in programs} == programs


@pytest.mark.parametrize("libdir", ["lib", "lib/x86_64-linux-gnu"])
def test_find_package_after_a_move(libdir, stage, consume, tool, run, tmp_path):
    environment = os.environ | {"PREFIX": str(tmp_path / "first"), "LIBDIR": libdir}
    run([ROOT / "packaging" / "install.sh", "install", TARGET / "lib"], env=environment)
    prefix = tmp_path / "second place"
    shutil.move(tmp_path / "first", prefix)
    check_kinds(consume("find_package", CMAKE_PREFIX_PATH=prefix), tool, run)


def test_find_package_in_share(stage, consume, tool, run, tmp_path):
    """Where cargo-c has to put the package."""
    prefix = tmp_path / "prefix"
    shutil.copytree(stage, prefix, symlinks=True)
    shutil.move(prefix / "lib" / "cmake", prefix / "share" / "cmake")
    check_kinds(consume("find_package", CMAKE_PREFIX_PATH=prefix), tool, run)


def test_find_package_static(stage, consume, tool, run):
    check_kinds(consume("find_package", CMAKE_PREFIX_PATH=stage, ZST_USE_STATIC_LIBS="ON"), tool, run, default=False)


def test_pkg_config(stage, consume, tool, run, monkeypatch):
    monkeypatch.setenv("PKG_CONFIG_PATH", str(stage / "lib" / "pkgconfig"))
    assert needs_libzst(consume("pkg-config") / "PkgConfig_ZST_c", tool, run)


@pytest.mark.parametrize("how", ["subdirectory", "FetchContent"])
def test_sources(how, stage, consume, tool, run):
    """With what cargo has built already."""
    check_kinds(consume(how, ZST_CARGO_TARGET_DIR=TARGET), tool, run)


# What find_package() is asked for, and whether it is content.
FOUND = {
    "": True,
    "1": True,
    "1.0.0 EXACT": True,
    "1.0...<2": True,
    "1.0...1.0.0": True,
    "COMPONENTS static": True,
    "0.9": False,
    "0.9...<2": False,
    "1.999": False,
    "2": False,
    "1 EXACT": True,
    "1.0.0.1 EXACT": False,
    "1.1...1.9": False,
    "COMPONENTS framework": False,
}
FIND = """
foreach(time first second)
    find_package(zst {arguments} QUIET)
    message(STATUS "{arguments}: ${{time}} ${{zst_FOUND}} ${{zst_VERSION}}")
endforeach()
"""


def test_versions_and_components(stage, tool, run, tmp_path):
    project = ["cmake_minimum_required(VERSION 3.19)", "project(find LANGUAGES C)"]
    for number, arguments in enumerate(FOUND):
        directory = tmp_path / f"case{number}"
        directory.mkdir()
        (directory / "CMakeLists.txt").write_text(FIND.format(arguments=arguments))
        project.append(f"add_subdirectory({directory.name})")
    (tmp_path / "CMakeLists.txt").write_text("\n".join(project))
    said = run([tool("cmake"), "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={stage}"])
    answers = re.findall(r"^-- (.*): (?:first|second) (\w+) ", said, re.MULTILINE)
    assert answers == [(arguments, str(int(found))) for arguments, found in FOUND.items() for _ in range(2)]
