"""Runs the tests of the Python package with every Python that is found: `make test-python` builds the wheels and runs this.

    python run_tests.py [pytest arguments]

The Python that runs this gets both wheels, and so does every test. Other CPythons get the compiled wheel and PyPy the pure
one, without the tests marked slow. What is found are python3.X and pypy3 on the PATH, and what pyenv has. PyPy must be
there where CI is set. Everything lies below target/python, and is kept for the next time.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.path.join(ROOT, "target", "python")
TESTS = os.path.join(HERE, "tests")
REFERENCE = "zstandard==0.25.0"
OLDEST = (3, 10)
ABOUT = "import sys; print(sys.implementation.name, *sys.version_info[:2], getattr(sys, 'abiflags', ''))"


def about(python):
    """What an interpreter is: its name, version and flags; None when it does not run."""
    try:
        done = subprocess.run([python, "-c", ABOUT], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    words = done.stdout.split()
    return (words[0], (int(words[1]), int(words[2])), "".join(words[3:])) if done.returncode == 0 else None


def candidates():
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        for path in sorted(glob.glob(os.path.join(glob.escape(directory), "p*3*"))):
            if re.fullmatch(r"python3\.\d+t?|pypy3(\.\d+)?", os.path.basename(path)):
                yield path
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    yield from sorted(glob.glob(os.path.join(glob.escape(pyenv), "versions", "*", "bin", "python")))


def other_pythons():
    """One interpreter of each kind and version, besides the one that runs this: {what it is: path}."""
    found = {about(sys.executable): sys.executable}
    for path in candidates():
        what = about(path)
        if what is None or what[0] == "cpython" and (what[1] < OLDEST or "t" in what[2]):
            continue
        found.setdefault(what, path)
    del found[about(sys.executable)]
    return found


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def environment(python, name, requirements, wheel=None):
    """The interpreter of a virtual environment with these things in it, and the wheel as it is now."""
    directory = os.path.join(TARGET, name)
    made = os.path.join(directory, "bin", "python")
    pip = [made, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    stamp = os.path.join(directory, "installed")
    wanted = repr((python, requirements, read(requirements[-1])))
    if read(stamp) != wanted:
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run([python, "-m", "venv", directory], check=True)
        subprocess.run([*pip, *requirements, *([wheel] if wheel else [])], check=True)
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(wanted)
    elif wheel:
        subprocess.run([*pip, "--force-reinstall", "--no-deps", wheel], check=True)
    return made


def wheel(kind):
    (path,) = glob.glob(os.path.join(glob.escape(ROOT), "target", "wheels", "*-%s-*.whl" % kind))
    return path


def run_pytest(title, python, *arguments):
    print("== %s" % title, flush=True)
    command = [python, "-m", "pytest", "--quiet", "--numprocesses=auto", "--maxprocesses=4"]
    done = subprocess.run([*command, *arguments], cwd=TESTS, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    return done.returncode == 0


def main(arguments):
    compiled, pure = wheel("abi3"), wheel("none")
    needed = ["-r", os.path.join(TESTS, "requirements.txt")]
    os.environ["ZST_REFERENCE_PYTHON"] = environment(sys.executable, "reference", [REFERENCE])
    version = "CPython %d.%d" % sys.version_info[:2]
    tests = arguments or [TESTS]
    ok = run_pytest(
        version + ", compiled wheel, everything", environment(sys.executable, "compiled", needed, compiled), *tests
    )
    quick = ["-m", "not slow", *tests]
    ok &= run_pytest(version + ", pure wheel", environment(sys.executable, "pure", needed, pure), *quick)

    others = other_pythons()
    for (name, numbers, _), path in sorted(others.items()):
        is_pypy = name == "pypy"
        title = "%s %d.%d, %s wheel" % ("PyPy" if is_pypy else "CPython", *numbers, "pure" if is_pypy else "compiled")
        directory = "%s-%d.%d" % (name, *numbers)
        ok &= run_pytest(title, environment(path, directory, needed, pure if is_pypy else compiled), *quick)
    if not any(name == "pypy" for name, _, _ in others):
        print("pypy3 was not found, so the package was not tested with it; Debian has it in pypy3 and pypy3-venv")
        ok &= not os.environ.get("CI")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
