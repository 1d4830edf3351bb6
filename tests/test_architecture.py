"""The house: arrows point one way, the kernel stands alone, judgement is data."""

from __future__ import annotations

import ast
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
LAYERS = [
    "errors", "results", "levels", "dates", "resources", "tables", "kernel", "method",
    "framework", "loading", "evidence", "ledger", "checks", "case", "knowledge", "intensity",
    "scoring",
    "explanation", "crosswalk", "assessment", "comparison", "flags", "matching", "response_level",
    "waiting", "gap", "uncertainty", "variation", "preparation", "workers", "ensemble", "drawing",
    "weighting", "tree", "changes", "scenarios", "flips", "omission", "sensitivity", "scale",
    "columns", "schemas", "template", "lints", "agreement", "brief", "headline", "figures",
    "documents", "suggestions", "recall", "anchors", "exchange", "tabulation", "report",
    "__init__", "options", "arguments", "requests", "studies", "authoring", "cli", "__main__",
]  # fmt: skip
RANK = {name: rank for rank, name in enumerate(LAYERS)}

# Numbers that are arithmetic: none, half, whole, two, minus one, a rounding error, and how near a
# misspelt name must be to be offered. A judgement has its line in frameworks/.
ARITHMETIC = {0.0, 0.5, 1.0, 2.0, -1.0, 1e-9, 0.7, 0.8}


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_layers(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "atrisk":
                found.add(rest.partition(".")[0] or "__init__")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_upstream(path: Path) -> None:
    here = layer(path)
    assert here in RANK, f"{here} has no layer: add it to LAYERS where it belongs in the flow"
    downstream = [other for other in imported_layers(path) if RANK[other] > RANK[here]]
    assert not downstream, f"{here} imports {downstream}, which come after it"


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
        text = (ROOT / name).read_text(encoding="utf-8")
        for path in ("/" + "work/", "/" + "root/", "/" + "home/"):
            assert path not in text, name
