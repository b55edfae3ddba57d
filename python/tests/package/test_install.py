"""The source distribution, and what pip makes of it in a fresh environment, from paths with blanks in them."""

import os
import shutil
import sys
import tarfile
import zipfile

import pytest

import run_tests

pytestmark = pytest.mark.slow
# zstandard_cffi-VERSION/
NEEDED = [
    "LICENSE",
    "PKG-INFO",
    "README.md",
    "build_zst.py",
    "fast/exports.map",
    "fast/module.c",
    "pyproject.toml",
    "setup.py",
    "setup_paths.py",
    "src/zstandard/__init__.py",
    "src/zstandard/__init__.pyi",
    "src/zstandard/py.typed",
    "tests/test_module.py",
    "zst/.cargo/config.toml",
    "zst/Cargo.lock",
    "zst/Cargo.toml",
    "zst/build.rs",
    "zst/include/zst.h",
    "zst/include/zst_cdef.h",
    "zst/packaging/licences.py",
    "zst/src/lib.rs",
]


@pytest.fixture(scope="module")
def sdist(environment, run, root):
    python = environment("install", "build==1.3.0")
    directory = os.path.join(root, "target", "python", "sdist")
    shutil.rmtree(directory, ignore_errors=True)
    run([python, "-m", "build", "--sdist", "--outdir", directory, os.path.join(root, "python")])
    (name,) = os.listdir(directory)
    return os.path.join(directory, name)


def test_contents(sdist):
    with tarfile.open(sdist) as tar:
        names = [member.name.split("/", 1)[1] for member in tar.getmembers() if member.isfile()]
    assert set(NEEDED) <= set(names)
    # Nothing that is built, and nothing of a checkout.
    strange = [name for name in names if name.endswith((".so", ".o", ".pyc", "docs.h")) or "/target/" in name]
    assert not strange


def test_install_from_source(sdist, run, root, tmp_path):
    place = tmp_path / "a folder with blanks"
    temporary = tmp_path / "temporary files"
    temporary.mkdir()
    run([sys.executable, "-m", "venv", str(place)])
    python = str(place / "bin" / "python")
    env = {
        **os.environ,
        "TMPDIR": str(temporary),
        # What takes long is kept for the next time, and is not optimised.
        "CARGO_TARGET_DIR": os.path.join(root, "target", "python", "cargo in sdist"),
        "CARGO_PROFILE_RELEASE_LTO": "off",
        "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    }
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", sdist], env=env, timeout=1800)
    words = run([python, "-m", "zstandard"], cwd=tmp_path).split()
    version = os.path.basename(sdist).split("-")[1].replace(".tar.gz", "")
    assert words[:2] == ["zstandard", version + ","] and words[-2:] == ["backend", "cffi"]
    code = "import zstandard as z; print(z.decompress(z.compress(b'data')).decode(), z.__file__)"
    content, path = run([python, "-c", code], cwd=tmp_path).split(" ", 1)
    assert content == "data" and path.startswith(str(place))


def test_wheels_have_the_licences(run):
    for kind in ("abi3", "none"):
        with zipfile.ZipFile(run_tests.wheel(kind)) as file:
            names = file.namelist()
            assert [name for name in names if name.endswith("/licenses/LICENSE")]
            linked = {name.split("/")[3] for name in names if "/licenses/linked/" in name}
            assert {"libzstd", "rust-standard-library"} < linked and len(linked) > 8
            # Submodules are private, and there is no other module.
            modules = {name.split("/")[0] for name in names if ".dist-info/" not in name}
            assert modules == {"zstandard"}
