"""Trials made from public reports about other tools: each says itself whether it ends right.

They lie beside the project and not in it; the right value of each is a test of its own where it
belongs. ``slow`` because each starts the command several times.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from toys import ROOT

pytest.importorskip("openpyxl")
pytest.importorskip("pypdfium2")
TRIALS = ROOT.parent / "shared" / "trials"
RENAMED = {  # modules that have moved since the trials were written
    "from atrisk.documents import": "from atrisk import",
    "from atrisk.dates import": "from atrisk.base.dates import",
}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TRIALS.is_dir(), reason="the trials are not beside the project"),
]


@pytest.mark.parametrize("name", [file.parent.name for file in sorted(TRIALS.glob("*/run.sh"))])
def test_a_trial_ends_right(name: str, tmp_path: Path) -> None:
    shutil.copytree(TRIALS / "common", tmp_path / "common")
    trial = Path(shutil.copytree(TRIALS / name, tmp_path / name)) / "run.sh"
    text = trial.read_text(encoding="utf-8")
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    trial.write_text(text, encoding="utf-8")
    ended = subprocess.run(
        ["bash", str(trial)], env={**os.environ, "AT": str(Path(sys.executable).parent)},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
