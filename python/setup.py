"""Builds the wheels. ZST_WHEEL=compiled (the default on CPython, where Python.h is installed) makes one with a compiled
module for the stable ABI of CPython; ZST_WHEEL=pure makes one for every Python, PyPy included, whose code opens the shared
library in it. For another system ZST_LIBRARY_DIR says where its libraries are, ZST_WHEEL_TARGET what rustc calls it, and
ZST_WHEEL_PLATFORM what wheels do."""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cffi
import setup_paths
from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HEADER = os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
CPYTHON = platform.python_implementation() == "CPython" and sys.version_info >= (3, 10)
KIND = os.environ.get("ZST_WHEEL") or ("compiled" if CPYTHON and HEADER else "pure")
if KIND not in ("compiled", "pure"):
    sys.exit("ZST_WHEEL is %r; use compiled or pure" % KIND)
COMPILED = KIND == "compiled"
if COMPILED and not HEADER:
    sys.exit("Python.h was not found, which the compiled wheel needs: install it (Debian: python3-dev), or use ZST_WHEEL=pure")


class BuildPy(build_py):
    """The pure wheel has the shared library beside the code, and its declarations, parsed."""

    def run(self):
        if not self.editable_mode:
            # Nothing of an earlier build.
            shutil.rmtree(os.path.join(self.build_lib, "zstandard"), ignore_errors=True)
        super().run()
        if not COMPILED:
            package = os.path.join("src" if self.editable_mode else self.build_lib, "zstandard")
            shutil.copy2(setup_paths.shared_library(), package)
            declarations = cffi.FFI()
            with open(os.path.join(setup_paths.INCLUDE, "zst_cdef.h"), encoding="utf-8") as file:
                declarations.cdef(file.read())
            declarations.set_source("zstandard._declarations", None)
            declarations.emit_python_code(os.path.join(package, "_declarations.py"))


class BuildExt(build_ext):
    """The compiled module contains the library."""

    def run(self):
        archive = os.path.join(setup_paths.library_dir(), "libzst.a")
        for extension in self.extensions:
            extension.extra_objects.append(archive)
            extension.depends.append(archive)
        super().run()


class BdistWheel(bdist_wheel):
    def get_tag(self):
        python, abi, system = super().get_tag()
        system = os.environ.get("ZST_WHEEL_PLATFORM") or system
        return (python, abi, system) if COMPILED else ("py3", "none", system)

    def write_wheelfile(self, directory, *args, **kwargs):
        """The licences of what is linked in come along."""
        super().write_wheelfile(directory, *args, **kwargs)
        program = os.path.join(setup_paths.ROOT, "packaging", "licences.py")
        target = os.environ.get("ZST_WHEEL_TARGET", "").split()
        subprocess.run([sys.executable, program, os.path.join(directory, "licenses", "linked"), *target], check=True)


class Sdist(sdist):
    """A source distribution has the sources of the C library in zst/."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in setup_paths.SOURCES:
            source, target = os.path.join(setup_paths.ROOT, name), os.path.join(base_dir, "zst", name)
            if os.path.isdir(source):
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(source, target)


class Binary(Distribution):
    """Wheels are for one platform also without a compiled module."""

    def has_ext_modules(self):
        return True


setup(
    version=setup_paths.version(),
    cffi_modules=["build_zst.py:ffibuilder"] if COMPILED else [],
    options={
        # The source tree stays clean.
        "build": {"build_base": os.path.join(setup_paths.ROOT, "target", "python-build", KIND)},
        **({"bdist_wheel": {"py_limited_api": "cp310"}} if COMPILED and setup_paths.STABLE_ABI else {}),
    },
    cmdclass={"build_ext": BuildExt, "build_py": BuildPy, "bdist_wheel": BdistWheel, "sdist": Sdist},
    distclass=Binary,
)
