"""What is installed: every tracked data file ships, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from toys import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="needs a git checkout to know what is tracked"
)


def tracked(*folders: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name for name in listed.stdout.split("\n") if name}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return out


def test_the_wheel_holds_the_package_and_every_tracked_data_file_and_nothing_else(
    built: Path,
) -> None:
    names = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())
    data = {f"atrisk/_data/{name}" for name in tracked("frameworks", "cases")}
    code = {name.removeprefix("src/") for name in tracked("src")}
    assert data
    assert code
    assert {name for name in names if ".dist-info/" not in name} == data | code
    assert "atrisk/py.typed" in names


def test_the_sdist_holds_every_tracked_file(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked() <= names | {"PKG-INFO"}


def test_no_file_name_holds_a_space() -> None:
    assert not [name for name in tracked() if " " in name]


@pytest.mark.parametrize("unpacked", [True, False], ids=["unpacked", "zipped"])
def test_a_case_loads_from_the_wheel_alone(unpacked: bool, built: Path, tmp_path: Path) -> None:
    wheel = next(built.glob("*.whl"))
    site = tmp_path / "site" if unpacked else wheel
    if unpacked:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import atrisk; "
        f"assert {str(site)!r} in atrisk.__file__; "
        "case = atrisk.load_case('car-2012-2015'); "
        "print(len(case.evidence), len(atrisk.load_framework('un-foa-2014').indicators))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert int(done.stdout.split()[0]) >= 200


def test_all_is_every_extra_that_a_user_runs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    everything = Requirement(extras["all"][0])
    assert everything.extras == set(extras) - {
        "all",
        "test",
        "test-clients",
        "lint",
        "docs",
        "bench",
        "ocr",  # its wheels hold LGPL libraries: asked for by name
    }
    core = {Requirement(line).name for line in project["dependencies"]}
    assert core == {"numpy", "scipy", "pydantic"}


def test_the_lowest_of_every_dependency_is_read_out_of_the_project() -> None:
    """What CI installs beside the wheel; a bound that is raised is tried at once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    (everything,) = map(Requirement, extras["all"])
    wanted = [
        *project["dependencies"],
        *(
            one
            for name in everything.extras
            for one in extras[name]
            if not one.startswith("atrisk[")
        ),
    ]
    lowest = [ROOT / "scripts" / "lowest"]
    listed = subprocess.run(lowest, capture_output=True, text=True, check=True).stdout.split()
    pins = {Requirement(line).name: Requirement(line) for line in listed}
    assert set(pins) == {Requirement(line).name for line in wanted}
    for one in map(Requirement, wanted):
        (pin,), bounds = pins[one.name].specifier, one.specifier
        assert pin.operator == "=="
        assert pin.version in {bound.version for bound in bounds if bound.operator == ">="}
    assert "scripts/test-wheel python3 $(scripts/lowest" in (ROOT / ".ci" / "run").read_text()
