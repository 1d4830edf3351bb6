"""Writing files: whole or not at all, for whoever else writes, and whenever it is ended.

``slow`` kills a writer four hundred times, and a whole command thirty times.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import atrisk
from apart import ENV, start
from atrisk.base import files
from atrisk.base.files import (
    fill_folder,
    make_folder,
    write_bytes,
    write_files,
    write_folder,
    write_text,
)
from toys import MINI

SIZE = 400_000
LETTERS = ("a", "b")
# Writes one file over and over, by turns full of one letter and of the other.
WRITER = f"""
import sys
from itertools import cycle
from pathlib import Path
from atrisk.base.files import write_text
out = Path(sys.argv[1])
print("ready", flush=True)
for letter in cycle({LETTERS!r}):
    write_text(out, letter * {SIZE})
"""
FOLDERS = """
import sys
from itertools import count
from pathlib import Path
from atrisk.base.files import write_folder
out = Path(sys.argv[1])
print("ready", flush=True)
for number in count():
    write_folder(out / f"{number}", {f"{n}.csv": "x" * 50_000 for n in range(6)})
"""


def kill_soon(code: str, out: Path, chance: random.Random) -> None:
    writer = start(code, out)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    time.sleep(chance.uniform(0, 0.03))
    writer.send_signal(signal.SIGKILL)
    _, said = writer.communicate()
    assert said == ""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("seed", [0, pytest.param(range(1, 11), marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_one_whole_file(seed: int | range, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    out.write_text("old")
    whole = {"old", *(letter * SIZE for letter in LETTERS)}
    for one in [seed] if isinstance(seed, int) else seed:
        chance = random.Random(one)
        for _ in range(40):
            kill_soon(WRITER, out, chance)
            assert out.read_text() in whole
    write_text(out, "new")  # which takes away what the dead left
    assert names(tmp_path) == ["page.html"]


def test_a_kill_at_any_moment_leaves_whole_folders(tmp_path: Path) -> None:
    chance = random.Random(1)
    for place in range(15):
        room = tmp_path / f"{place}"
        room.mkdir()
        kill_soon(FOLDERS, room, chance)
        made = [path for path in room.iterdir() if not path.name.startswith(".")]
        for folder in made:
            assert [len(file.read_text()) for file in folder.iterdir()] == [50_000] * 6
        write_folder(room / "next", {"one": "1"})
        assert names(room) == sorted([*(path.name for path in made), "next"])


@pytest.mark.slow
def test_a_command_that_is_killed_leaves_a_case_that_can_be_read(tmp_path: Path) -> None:
    folder, page = tmp_path / "case", tmp_path / "page.html"
    command = [sys.executable, "-m", "atrisk"]
    chance = random.Random(2)
    for _ in range(30):
        for words in (
            ["new", "CAF", "--start", "2020-01", "--end", "2020-02", "--out", str(folder)],
            ["report", "car-2020-2021", "--draws", "2", "--out", str(page)],
        ):
            running = subprocess.Popen([*command, *words], env=ENV, stdout=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.1, 1.5))
            running.kill()
            running.wait()
        if folder.exists():
            assert atrisk.load_case(folder).id == "caf-2020-2020"
        if page.exists():
            assert page.read_text(encoding="utf-8").endswith("</html>\n")
    write_text(page, "new")
    assert set(names(tmp_path)) <= {"case", "page.html"}


def test_writers_of_one_file_do_not_mix_nor_fail(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    code = WRITER.replace("cycle(", "islice(cycle(").replace("):\n", "), 60):\n", 1)
    code = code.replace("import cycle", "import cycle, islice")
    writers = [start(code, out) for _ in range(4)]
    for writer in writers:
        _, said = writer.communicate(timeout=60)
        assert (writer.returncode, said) == (0, "")
    assert out.read_text() in {letter * SIZE for letter in LETTERS}
    assert names(tmp_path) == ["table.csv"]


def test_makers_of_one_folder_leave_one_whole_folder(tmp_path: Path) -> None:
    code = FOLDERS.replace("for number in count()", "for number in range(1)")
    makers = [start(code, tmp_path) for _ in range(4)]
    said = [maker.communicate(timeout=60)[1] for maker in makers]
    assert sum(maker.returncode == 0 for maker in makers) == 1
    assert sum("exists; choose another folder" in text for text in said) == 3
    assert len(names(tmp_path / "0")) == 6
    assert names(tmp_path) == ["0"]


def test_what_a_dead_writer_left_goes_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    dead = tmp_path / f".atrisk-{'0' * 32}.part"
    dead.write_text("half")
    folder = tmp_path / f".atrisk-{'1' * 32}.part"
    (folder / "case").mkdir(parents=True)
    (folder / "case" / "half.csv").write_text("half")
    for name in (".atrisk-1.part", "atrisk.part", f".atrisk-{'0' * 32}.part.txt"):
        (tmp_path / name).write_text("somebody's")
    with make_folder(tmp_path / "made") as living:
        write_text(tmp_path / "page.html", "new")
        assert living.is_dir()
        assert not dead.exists()
        assert not folder.exists()
    assert len(names(tmp_path)) == 5


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / "page.html").symlink_to(mine)
    (tmp_path / "gone.html").symlink_to(tmp_path / "nowhere")
    # Where a name that could be guessed would be, and where left-overs would be looked for.
    (tmp_path / ".other.html.part").symlink_to(mine)
    (tmp_path / f".atrisk-{'0' * 32}.part").symlink_to(mine)
    (tmp_path / f".atrisk-{'1' * 32}.part").symlink_to(tmp_path / "nowhere")
    for name in ("page.html", "gone.html"):
        for new in (False, True):
            with pytest.raises(atrisk.RequestError, match="is a link; name the file"):
                write_text(tmp_path / name, "theirs", new=new)
    with pytest.raises(atrisk.RequestError, match="exists; choose another folder"):
        write_folder(tmp_path / "gone.html", {"one": "1"})
    write_text(tmp_path / "other.html", "new")
    assert mine.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "pipe", tmp_path / "folder"):
        with pytest.raises(atrisk.RequestError, match="exists and is not a file"):
            write_text(out, "x")
    assert (tmp_path / "pipe").is_fifo()


def test_a_file_keeps_its_permissions_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    before = os.umask(0o027)
    try:
        write_text(out, "one")
        assert out.stat().st_mode & 0o777 == 0o640
        for mode in (0o600, 0o664, 0o400):
            out.chmod(mode)
            write_text(out, "two")
            assert out.stat().st_mode & 0o777 == mode
        write_folder(tmp_path / "case", {"one": "1"})
        assert (tmp_path / "case").stat().st_mode & 0o777 == 0o750
        assert (tmp_path / "case" / "one").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)


def test_a_text_is_written_to_the_byte(tmp_path: Path) -> None:
    assert write_text(tmp_path / "a", "é\r\n\n").read_bytes() == "é\r\n\n".encode()
    assert write_bytes(tmp_path / ("n" * 255), b"").exists()


def fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


WRITES: dict[str, Callable[[Path], object]] = {
    "text": lambda room: write_text(room / "old.csv", "new"),
    "bytes": lambda room: write_bytes(room / "new.csv", b"new", new=True),
    "files": lambda room: write_files({room / "old.csv": b"new", room / "other.csv": b"new"}),
    "folder": lambda room: write_folder(room / "case", {"one": "1", "two": "2"}),
    "over": lambda room: write_folder(room, {"old.csv": "new", "two": "2"}, overwrite=True),
    "case": lambda room: MINI.save(room / "case"),
    "case over": lambda room: MINI.save(room, overwrite=True),
}


@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("broken", ["fsync", "open", "replace", "link", "rename", "mkdir"])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_full_disk_leaves_everything_as_it_was(
    write: Callable[[Path], object],
    broken: str,
    after: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever call to the system fails, and however often it went well before."""
    (tmp_path / "old.csv").write_text("old")
    real, calls = getattr(os, broken), [0]

    def call(*given: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == after + 1:
            fail()
        return real(*given, **named)

    monkeypatch.setattr(os, broken, call)
    error = attempt(write, tmp_path)
    monkeypatch.undo()
    if error:  # a call that is not made, or not needed, fails nothing
        assert "No space left on device" in error
        assert names(tmp_path) == ["old.csv"]
        assert (tmp_path / "old.csv").read_text() == "old"


def attempt(write: Callable[[Path], object], room: Path) -> str:
    try:
        write(room)
    except atrisk.RequestError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_who_interrupts_leaves_everything_as_it_was(
    write: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.csv").write_text("old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path)
    assert names(tmp_path) == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "old"


def test_a_disk_that_really_takes_no_more_leaves_the_old_file(tmp_path: Path) -> None:
    out = write_text(tmp_path / "page.html", "old")
    code = """
import resource, sys
from pathlib import Path
from atrisk import RequestError
from atrisk.base.files import write_text
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_text(Path(sys.argv[1]), "x" * 200_000)
except RequestError as error:
    print(error)
"""
    told, said = start(code, out).communicate(timeout=60)
    assert (told, said) == (
        f"{str(out)!r} cannot be written: File too large; choose another path\n",
        "",
    )
    assert names(tmp_path) == ["page.html"]
    assert out.read_text() == "old"


def test_what_came_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    out = tmp_path / "case.xlsx"

    def somebody_writes(descriptor: int) -> None:
        real(descriptor)
        out.write_text("theirs")

    monkeypatch.setattr(os, "fsync", somebody_writes)
    with pytest.raises(atrisk.RequestError, match="somebody may have edited it"):
        write_text(out, "mine", new=True)
    assert out.read_text() == "theirs"
    monkeypatch.setattr(os, "link", fail)  # a file system without hard links
    with pytest.raises(atrisk.RequestError, match="somebody may have edited it"):
        write_text(out, "mine", new=True)
    assert names(tmp_path) == ["case.xlsx"]
    monkeypatch.undo()
    out.unlink()
    monkeypatch.setattr(os, "link", fail)
    assert write_text(out, "mine", new=True).read_text() == "mine"
    assert names(tmp_path) == ["case.xlsx"]


@pytest.mark.parametrize("trouble", [errno.ENOLCK, errno.EWOULDBLOCK])
def test_where_nothing_can_be_locked_files_are_written_all_the_same(
    trouble: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without locks; one on which a sweeper is always a moment faster, twice."""
    calls = []

    def refuse(*_: object) -> None:
        calls.append(1)
        if trouble == errno.ENOLCK or len(calls) < 3:
            raise OSError(trouble, os.strerror(trouble))

    monkeypatch.setattr(fcntl, "flock", refuse)
    write_text(tmp_path / "a", "1")
    write_folder(tmp_path / "b", {"one": "1"})
    monkeypatch.undo()
    write_text(tmp_path / "a", "2")
    assert names(tmp_path) == ["a", "b"]


def test_where_there_are_no_locks_at_all_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "fcntl", None)
    write_text(tmp_path / "a", "1")
    write_folder(tmp_path / "b", {"one": "1"})
    assert names(tmp_path) == ["a", "b"]


def test_a_folder_is_filled_or_gone(tmp_path: Path) -> None:
    def fill(then: Callable[[], object]) -> None:
        with make_folder(tmp_path / "case") as folder:
            fill_folder(folder, {"one": "1"})
            then()

    with pytest.raises(KeyboardInterrupt):
        fill(interrupt)
    assert names(tmp_path) == []
    with pytest.raises(atrisk.RequestError, match="exists; choose another"):
        fill(lambda: write_folder(tmp_path / "case", {"theirs": "1"}))
    assert names(tmp_path / "case") == ["theirs"]
