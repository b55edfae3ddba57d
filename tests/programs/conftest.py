"""Files to give to the example programs."""

import pytest

from examples import TEXT, record, run


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    """Every test has a directory of its own, with a file `text`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_bytes(TEXT)
    return tmp_path


@pytest.fixture
def packed(directory):
    """text.zst, made from `text`."""
    run("file_oneshot", "-c", "text")
    return directory / "text.zst"


@pytest.fixture
def lines(directory):
    (directory / "lines").write_text("".join(record(number) + "\n" for number in range(3000)))
    return "lines"


@pytest.fixture
def small_files(directory):
    (directory / "small").mkdir()
    for number in range(400):
        (directory / "small" / f"{number:03}").write_text(record(number) + "\n" + record(number + 1000) + "\n")
    return sorted((directory / "small").iterdir())
