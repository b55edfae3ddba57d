#!/usr/bin/env python3
"""dist_all.py [TARGET ...]: archives like those of `make dist` for every system, built on x86_64 Linux.

Zig is the C compiler for Linux (with the names of an old glibc) and macOS, mingw-w64 for Windows. What can be run here is
run: the tests in C, natively, under qemu or under Wine. The archives are in target/dist, the tools in target/cross."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
CROSS = BUILD / "cross"
TOOLS = ["ziglang==0.17.1", "cargo-zigbuild==0.24.0"]
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
MAJOR = VERSION.partition(".")[0]
API = sorted(set(re.findall(r"\b(zst_\w+)\(", (ROOT / "include" / "zst_cdef.h").read_text())))

GLIBC = "2.17"
MACOS = "11.0"


@dataclass
class Target:
    system: str
    zig: str
    # What the names of GNU's tools begin with.
    binutils: str
    # What wheels call it.
    platform: str
    # Before a program of this system; None where none can be run.
    runner: list[str] | None = None
    skipped: frozenset[str] = frozenset()


# It opens the library by itself.
SKIPPED = {"test_unload"}
# It counts the threads of its process, where qemu has some too, and looks for functions of a shared C library.
SKIPPED_BY_QEMU = SKIPPED_WHEN_STATIC = frozenset({"test_batch"})
# They use what POSIX has and Windows has not.
SKIPPED_BY_WINE = frozenset({"test_batch", "test_sink", "test_source", "test_threads"})
QEMU = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]
MANYLINUX, MUSLLINUX = "manylinux_2_17", "musllinux_1_2"
TARGETS = {
    "x86_64-unknown-linux-gnu": Target("linux", f"x86_64-linux-gnu.{GLIBC}", "", f"{MANYLINUX}_x86_64", []),
    "aarch64-unknown-linux-gnu": Target(
        "linux", f"aarch64-linux-gnu.{GLIBC}", "aarch64-linux-gnu-", f"{MANYLINUX}_aarch64", QEMU, SKIPPED_BY_QEMU
    ),
    "x86_64-unknown-linux-musl": Target(
        "linux", "x86_64-linux-musl", "", f"{MUSLLINUX}_x86_64", [], SKIPPED_WHEN_STATIC
    ),
    "aarch64-unknown-linux-musl": Target(
        "linux", "aarch64-linux-musl", "aarch64-linux-gnu-", f"{MUSLLINUX}_aarch64", QEMU, SKIPPED_BY_QEMU
    ),
    "x86_64-apple-darwin": Target("macos", "x86_64-macos", "", "macosx_11_0_x86_64"),
    "aarch64-apple-darwin": Target("macos", "aarch64-macos", "", "macosx_11_0_arm64"),
    "x86_64-pc-windows-gnu": Target(
        "windows", "", "x86_64-w64-mingw32-", "win_amd64", ["/usr/lib/wine/wine64"], SKIPPED_BY_WINE
    ),
}

# Debian packages of what pip and rustup do not have.
PROGRAMS = {
    "aarch64-linux-gnu-ld": "binutils-aarch64-linux-gnu",
    "qemu-aarch64": "qemu-user",
    "/usr/aarch64-linux-gnu/lib/libc.so.6": "libc6-arm64-cross",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "/usr/lib/wine/wine64": "wine64",
}


def run(*command, **options):
    """What a command prints; the end of all when it fails."""
    command = [str(part) for part in command]
    options["env"] = os.environ | options.get("env", {})
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)[:500]}\n{done.stdout}")
    return done.stdout


# Tools.


def get_tools(names):
    missing = sorted(
        package for program, package in PROGRAMS.items() if not (shutil.which(program) or Path(program).exists())
    )
    if missing:
        sys.exit(f"apt-get install {' '.join(missing)}")
    run("rustup", "target", "add", *names)
    run("rustup", "component", "add", "llvm-tools")
    if not (CROSS / "bin" / "cargo-zigbuild").exists():
        run(sys.executable, "-m", "venv", CROSS)
        run(CROSS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS)
    os.environ["PATH"] = f"{CROSS / 'bin'}:{os.environ['PATH']}"


def llvm(tool):
    sysroot = Path(run("rustc", "--print", "sysroot").strip())
    host = re.search("^host: (.*)", run("rustc", "-vV"), re.MULTILINE).group(1)
    return sysroot / "lib" / "rustlib" / host / "bin" / tool


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def compiler(name, target):
    """A C compiler for a target, as one program."""
    if target.system == "windows":
        return "x86_64-w64-mingw32-gcc"
    return script(CROSS / "bin" / f"cc-{name}", f'exec "{CROSS}/bin/python" -m ziglang cc -target {target.zig} "$@"')


# From cargo's results to what is installed.


def build(name, target):
    print(f"{name}: cargo", flush=True)
    command = ["cargo", "build" if target.system == "windows" else "zigbuild", "--release", "--locked", "--lib"]
    versioned = f"{name}.{GLIBC}" if name.endswith("-gnu") and target.system == "linux" else name
    run(*command, "--target", versioned, cwd=ROOT, env={"MACOSX_DEPLOYMENT_TARGET": MACOS})
    return BUILD / name / "release"


def link_linux(name, target, built, out):
    tools = {
        variable: target.binutils + tool for variable, tool in [("LD", "ld"), ("OBJCOPY", "objcopy"), ("AR", "ar")]
    }
    # The unwinder, which is libgcc_s elsewhere, becomes a part of the shared library.
    tools |= {"CC": str(compiler(name, target)), "LDLIBS": "-lunwind"}
    run(ROOT / "packaging" / "link.sh", built / "libzst.a", out, env=tools)


def rename(archive, out, prefix):
    """The static library with names that cannot clash: what is not the API's is called zst_private_... now. (Making one
    object of all, as link.sh does, is not possible with the tools for these systems.)"""
    stripped = out.with_suffix(".stripped")
    sections = [".llvmbc", ".llvmcmd", "__LLVM,__bitcode", "__LLVM,__cmdline"]
    run(
        llvm("llvm-objcopy"),
        "--strip-debug",
        *(f"--remove-section={section}" for section in sections),
        archive,
        stripped,
    )
    ours = {prefix + function for function in API}
    found = set(
        re.findall(
            r" [A-Z] (\S+)$", run(llvm("llvm-nm"), "--quiet", "--extern-only", "--defined-only", stripped), re.MULTILINE
        )
    )
    assert ours <= found, ours - found
    # What compilers call for arithmetic is the same everywhere, and what Windows exports has its name from there.
    private = re.compile(
        rf"{prefix}(_ZN|_R|__?r(ust|dl)|rust|ZSTD|ZDICT|FSE|HUF|HIST|COVER|FASTCOVER|POOL|ERR|XXH|divsuf|g_)"
    )
    theirs = sorted(symbol for symbol in found - ours if private.match(symbol))
    renames = out.with_suffix(".renames")
    renames.write_text("".join(f"{symbol} {prefix}zst_private_{symbol}\n" for symbol in theirs))
    run(llvm("llvm-objcopy"), f"--redefine-syms={renames}", stripped, out)
    stripped.unlink()
    renames.unlink()


def link_macos(name, target, built, out):
    rename(built / "libzst.a", out / "libzst.a", "_")
    # Zig's linker cannot keep names from being exported. LLVM's can, with Zig's list of what the system has, without
    # the processors that it does not know yet.
    system = (next(CROSS.glob("lib/python3*/site-packages/ziglang/lib/libc/darwin/libSystem.tbd"))).read_text()
    (out / "libSystem.tbd").write_text(re.sub(r",?\s*arm64e\.\w+-\w+", "", system))
    (out / "exported").write_text("".join(f"_{function}\n" for function in API))
    arch = {"x86_64": "x86_64", "aarch64": "arm64"}[name.partition("-")[0]]
    library = f"libzst.{VERSION}.dylib"
    run(
        llvm("rust-lld"), "-flavor", "darwin", "-arch", arch, "-platform_version", "macos", MACOS, MACOS, "-dylib",
        "-install_name", f"@rpath/libzst.{MAJOR}.dylib", "-current_version", VERSION,
        "-compatibility_version", f"{MAJOR}.0.0", "-exported_symbols_list", out / "exported", "-dead_strip",
        *(part for function in API for part in ("-u", f"_{function}")),
        out / "libzst.a", out / "libSystem.tbd", "-o", out / library,
    )  # fmt: skip
    (out / "libSystem.tbd").unlink()
    (out / "exported").unlink()
    (out / f"libzst.{MAJOR}.dylib").symlink_to(library)
    (out / "libzst.dylib").symlink_to(f"libzst.{MAJOR}.dylib")
    (out / "libs.private").write_text("")


def link_windows(name, target, built, out):
    rename(built / "libzst.a", out / "libzst.a", "")
    run(f"{target.binutils}strip", "-o", out / "zst.dll", built / "zst.dll")
    shutil.copy(built / "libzst.dll.a", out)
    (out / "libs.private").write_text("-lkernel32 -lntdll -luserenv -lws2_32 -ldbghelp")


def link(name, target, built):
    print(f"{name}: libraries", flush=True)
    out = BUILD / name / "lib"
    shutil.rmtree(out, ignore_errors=True)
    if target.system != "linux":
        out.mkdir(parents=True)
    {"linux": link_linux, "macos": link_macos, "windows": link_windows}[target.system](name, target, built, out)
    return out


# What can be said of the results here.


def exports(file, target):
    if target.system == "windows":
        return set(re.findall(r"Name: (\S+)$", run(llvm("llvm-readobj"), "--coff-exports", file), re.MULTILINE))
    options = ["--dynamic"] if target.system == "linux" else []
    names = re.findall(
        r" [TDBRS] (\S+)$", run(llvm("llvm-nm"), "--extern-only", "--defined-only", *options, file), re.MULTILINE
    )
    return {name.removeprefix("_" if target.system == "macos" else "").partition("@")[0] for name in names}


def check(name, target, out):
    shared = {"linux": "libzst.so", "macos": "libzst.dylib", "windows": "zst.dll"}[target.system]
    difference = exports(out / shared, target) ^ set(API)
    assert not difference, difference
    if name.endswith("linux-gnu"):
        wanted = re.findall(r"GLIBC_([\d.]+)", run("readelf", "--dyn-syms", "--wide", out / shared))
        newest = max(tuple(map(int, version.split("."))) for version in wanted)
        assert newest <= tuple(map(int, GLIBC.split("."))), newest

    work = BUILD / name / "tests"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    private = (out / "libs.private").read_text().split() + (["-lunwind"] if target.system == "linux" else [])
    kinds = {"static": [out / "libzst.a", *private], "shared": [f"-L{out}", "-lzst"]}
    for kind, libraries in kinds.items():
        link_program(name, target, ROOT / "examples-c" / "hello.c", libraries, work / kind)
    if target.runner is None:
        print(f"{name}: built and linked with, not run", flush=True)
        return

    kind = "static" if name.endswith("musl") else "shared"
    environment = prepare_runner(target, out, work)
    passed = 0
    for source in sorted((ROOT / "tests" / "c").glob("test_*.c")):
        if source.stem not in SKIPPED | target.skipped:
            program = work / f"{source.stem}.exe"
            link_program(name, target, source, kinds[kind], program)
            run(*target.runner, program, cwd=work, env=environment)
            passed += 1
    assert passed > 20
    how = f" under {Path(target.runner[0]).name}" if target.runner else ""
    print(f"{name}: {passed} programs with the {kind} library have run{how}", flush=True)


def link_program(name, target, source, libraries, program):
    options = ["-std=c99", "-O1", "-pthread", f"-I{ROOT / 'include'}"]
    # mingw-w64's threads are in a library that is not part of Windows; macOS has no static programs.
    if target.system == "windows":
        libraries = [*libraries, "-Wl,-Bstatic", "-lpthread"]
    elif name.endswith("musl") and "-lzst" not in libraries:
        libraries = ["-static", *libraries]
    run(compiler(name, target), *options, "-Wno-unused-command-line-argument", source, *libraries, "-o", program)


def prepare_runner(target, out, work):
    """The environment in which a program that was linked with the shared library finds it."""
    if target.system != "windows":
        return {"QEMU_SET_ENV": f"LD_LIBRARY_PATH={out}"} if target.runner else {"LD_LIBRARY_PATH": str(out)}
    shutil.copy(out / "zst.dll", work)
    # Wine has this part of Windows, which Rust's standard library needs, from version 9 on.
    (work / "random.c").write_text(
        "unsigned char SystemFunction036(void *, unsigned long);\n"
        "__declspec(dllexport) int ProcessPrng(void *to, unsigned long long len) { return SystemFunction036(to, len); }\n"
    )
    run("x86_64-w64-mingw32-gcc", "-shared", work / "random.c", "-ladvapi32", "-o", work / "bcryptprimitives.dll")
    return {"WINEPREFIX": str(CROSS / "wine"), "WINEDEBUG": "-all"}


def main():
    names = sys.argv[1:] or list(TARGETS)
    get_tools(names)
    for name in names:
        target = TARGETS[name]
        out = link(name, target, build(name, target))
        check(name, target, out)
        print(run(ROOT / "packaging" / "dist.sh", out, name, BUILD / "dist"), end="", flush=True)


if __name__ == "__main__":
    main()
