"""The tutorial builds a case from an empty folder, every command as a newcomer would type it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import atrisk
from toys import ROOT

TEXT = (ROOT / "docs" / "new-country.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_ten_commands_lead_from_an_empty_folder_to_an_assessed_case(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    pytest.importorskip("matplotlib")
    script = "\n".join(BLOCKS)
    commands = re.findall(r"^(atrisk|cat|rm) ", script, re.MULTILINE)
    assert len(commands) == 10
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "atrisk").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m atrisk "$@"\n')
    (tmp_path / "bin" / "atrisk").chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no faults" in done.stdout
    assert "(example)" not in done.stdout  # every row of the template was replaced
    page = (tmp_path / "my-case.html").read_text(encoding="utf-8")
    assert "Key questions" in page
    assert "launched an offensive against the government" in page
    case = atrisk.load_case(tmp_path / "my-case")
    now = atrisk.assess(case, atrisk.load_framework("un-foa-2014"))
    assert now.bands == (None,) * 12
    assert now.overall[1] > 0
    # The tutorial's rows are those of the finished case.
    full = {item.quote: item for item in atrisk.load_case("car-2020-2021").evidence}
    for item in case.evidence:
        assert (full[item.quote].severity, str(full[item.quote].known or "")) == (
            item.severity,
            str(item.known or ""),
        )
