"""Folders: a file is read within a limit of size, and no path leaves it or stops it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import atrisk
from atrisk.base.errors import DataError, RequestError
from atrisk.base.folders import LARGEST, Folder, open_folder, pack_folder


@pytest.mark.parametrize("ending", LARGEST)
@pytest.mark.parametrize("size", [8 * 1024**3, None])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    ending: str, size: int | None, tmp_path: Path
) -> None:
    file = tmp_path / f"large{ending}"
    with file.open("wb") as stream:
        stream.truncate(size or LARGEST[ending] + 1)
    began = time.process_time()
    with pytest.raises(DataError, match=f"larger than {LARGEST[ending] // 1024**2} MiB"):
        Folder(tmp_path, "here").read(file.name)
    assert time.process_time() - began < 5


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "just.toml").write_bytes(b"#" * LARGEST[".toml"])
    assert len(Folder(tmp_path, "here").read("just.toml")) == LARGEST[".toml"]


@pytest.mark.parametrize("name", ["a\0b.csv", "a\ud800.csv", "../a.csv", "/etc/passwd", "x" * 300])
def test_a_name_that_no_file_has_is_a_plain_error(name: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path, "here")
    with pytest.raises(DataError if len(name) < 300 else (DataError, OSError)):
        folder.read(name)
    with pytest.raises(RequestError, match="is not a folder"):
        open_folder(Path("a\0b"), "case", "case.toml")


def test_links_that_lead_to_one_another_are_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "one.csv").symlink_to("two.csv")
    (tmp_path / "two.csv").symlink_to("one.csv")
    with pytest.raises(DataError, match=r"leaves the folder|is missing"):  # as Python has it
        Folder(tmp_path, "here").read("one.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever may read everything is refused nothing")
def test_a_file_that_may_not_be_read_is_a_located_error(tmp_path: Path) -> None:
    file = tmp_path / "closed.csv"
    file.write_text("id\n", encoding="utf-8")
    file.chmod(0)
    with pytest.raises(DataError, match="the file cannot be read: Permission denied"):
        Folder(tmp_path, "here").read(file.name)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "case.toml")
    with pytest.raises(DataError, match="the file is missing"):
        atrisk.load_case(tmp_path)


def test_a_folder_in_memory_needs_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive holds no day before 1980, which is when a computer without a battery begins."""
    then = time.localtime(0)
    monkeypatch.setattr(time, "localtime", lambda *_: then)
    assert pack_folder("mine", {"a.csv": b"a\n"}).read("a.csv") == "a\n"
