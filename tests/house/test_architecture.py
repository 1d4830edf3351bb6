"""The house: arrows point one way, the kernel stands alone, judgement is data."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import atrisk
from toys import ROOT

PACKAGE = ROOT / "src" / "atrisk"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# The order is the data flow. Reading it top to bottom explains the library.
ROOMS = [
    "base", "kernel", "frameworks", "cases", "events", "scoring", "documents", "coding",
    "exchange", "gap", "ensemble", "studies", "verification", "report", "cli",
]  # fmt: skip
RANK = {name: rank for rank, name in enumerate([*ROOMS, "__init__", "__main__"])}
SUBROOMS = [
    "cli/commands", "cli/desk", "documents/formats", "exchange/copies", "report/briefing",
    "report/figures",
]  # fmt: skip
GROUND = {"base", "kernel"}  # know nothing of risk, nor of one another

# Numbers that are arithmetic: none, half, whole, two, minus one, a rounding error, and how near a
# misspelt name must be to be offered. A judgement has its line in frameworks/.
ARITHMETIC = {0.0, 0.5, 1.0, 2.0, -1.0, 1e-9, 0.7, 0.8}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the modules of ours that a file imports, as dotted names under ``atrisk``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names = [node.module or ""]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name for name in names if name.partition(".")[0] == "atrisk" and is_module(name)}
    return {name.partition(".")[2] or "__init__" for name in found}


def is_module(name: str) -> bool:
    path = PACKAGE.parent / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or path.is_dir()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    here = room(path)
    assert here in RANK, f"{here} is no room: put it into one, or add it to ROOMS in the flow"
    others = {name.partition(".")[0] for name in imported(path)} - {here}
    below = [other for other in others if RANK[other] > RANK[here]]
    assert not below, f"{here} imports {below}, which come after it"
    if here in GROUND:
        assert not others, f"{here} imports {others}; it knows nothing of them"


def test_no_two_modules_import_one_another_in_a_circle() -> None:
    arrows = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): imported(path)
        for path in SOURCES
        if path.name != "__init__.py"
    }
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(arrows.get(name, set()) & set(arrows)):
                walk(other, (*trail, name))
            done.add(name)

    for name in arrows:
        walk(name, ())


def test_the_house_is_small_enough_to_hold_in_the_head() -> None:
    entries = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}
    assert entries - {"__init__.py", "__main__.py", "py.typed"} == set(ROOMS)
    assert len(ROOMS) <= 15
    for name in [*ROOMS, *SUBROOMS]:
        files = [path for path in (PACKAGE / name).glob("*.py") if path.name != "__init__.py"]
        assert 1 <= len(files) <= 12, f"{name} has {len(files)} files; a dozen is the most"


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_s_door_is_its_map(name: str) -> None:
    door = ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8"))
    told = ast.get_docstring(door) or ""
    for path in (PACKAGE / name).glob("[a-z]*.py"):
        assert path.stem in told, f"the map of {name} does not name {path.stem}"
    if name != "exchange":  # the one room that is a public namespace too
        assert len(door.body) == 1, f"{name}/__init__.py holds more than its docstring"


def test_the_kernel_needs_only_numpy_and_scipy() -> None:
    modules = [f"atrisk.kernel.{path.stem}" for path in (PACKAGE / "kernel").glob("[a-z]*.py")]
    # The package itself is stood in for, because its own door imports everything.
    code = f"""
import sys, types
sys.modules["pydantic"] = None
package = types.ModuleType("atrisk")
package.__path__ = [{str(PACKAGE)!r}]
sys.modules["atrisk"] = package
# What these bring along, if it happens to be installed, is theirs.
import numpy.f2py, scipy.optimize, scipy.special, scipy.stats
before = set(sys.modules)
for name in {modules!r}:
    __import__(name)
stray = set()
for name in set(sys.modules) - before:
    file = getattr(sys.modules[name], "__file__", None) or ""
    inside = name.startswith("atrisk.kernel") or "/numpy" in file or "/scipy" in file
    if not inside and "site-packages" in file:
        stray.add(name)
assert not stray, stray
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_atrisk_loads_no_optional_package() -> None:
    code = (
        "import sys, atrisk; "
        "heavy = {'pandas', 'matplotlib', 'typer', 'jinja2', 'rich', 'dask'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_public_names_are_exactly_these() -> None:
    public = {
        name
        for name in dir(atrisk)
        if not name.startswith("_") and not isinstance(getattr(atrisk, name), types.ModuleType)
    }
    assert public == set(atrisk.__all__)
    assert atrisk.__all__ == sorted(atrisk.__all__)
    contract = {"load_framework", "load_case", "assess", "list_frameworks", "list_cases"}
    assert contract <= public
    for name in public:
        assert getattr(atrisk, name).__doc__, f"{name} has no docstring"


# Opacities and line widths are how a figure looks, and judge nothing.
@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.parent.name != "figures"],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_no_judgement_stands_as_a_literal(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    floats = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    }
    assert floats <= ARITHMETIC, f"{floats - ARITHMETIC}: a judgement belongs in frameworks/"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_can_be_held_in_the_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            documentation = (ast.get_docstring(node, clean=False) or "").count("\n")
            length = (node.end_lineno or 0) - node.lineno - documentation
            assert length <= 45, f"{node.name} has {length} lines"


def test_the_text_of_the_documentation_names_no_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("needs a git checkout to know what is tracked")
    for name in listed.stdout.split():
        told = (ROOT / name).read_bytes()  # of a picture, too
        for path in ("/" + "work/", "/" + "root/", "/" + "home/"):
            assert path.encode() not in told, name


SCORING = {
    "base": "cells countries dates delimiters errors files folders marks output rows tables "
    "version",
    "kernel": "estimate persistence rules severity",
    "frameworks": "branches framework header limits loading method options",
    "cases": "case checks evidence ledger loading secrecy tables",
    "scoring": "assessment explanation intensity readings run scores seen tellings view",
    "cli": "commands inputs main options output",
    "cli.commands": "code documents ensemble exchange look month outcome present reading study "
    "warn",
}


def test_a_run_that_only_scores_loads_these_modules_and_no_others() -> None:
    """What `assess` loads is what it costs to start: a module more is a decision."""
    code = (
        "import sys\n"
        "from atrisk.cli.main import main\n"
        "main(['assess', 'car-2020-2021'])\n"
        "print(*(n for n in sys.modules if n.startswith('atrisk.') and n.count('.') > 1))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert loaded == {f"atrisk.{r}.{m}" for r, names in SCORING.items() for m in names.split()}


def test_type_checkers_see_the_names_that_are_loaded_later() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        (node.module.removeprefix("atrisk."), alias.asname)
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module != "atrisk" and node.module
        for alias in node.names
    }
    assert seen == {(room, name) for name, room in atrisk._PLACES.items()}


def test_what_is_silenced_has_its_reason_on_the_line() -> None:
    silent = re.compile(r"#\s*(noqa(: [A-Z0-9]+(, [A-Z0-9]+)*)?|type: ignore(\[[a-z, -]+\])?)\s*$")
    for path in [*SOURCES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py")]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert not silent.search(line), f"{path}:{number} is silenced without a reason"


def test_no_function_takes_more_than_eight_arguments() -> None:
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as file:
        limits = tomllib.load(file)["tool"]["ruff"]["lint"]["pylint"]
    assert limits["max-args"] <= 8
