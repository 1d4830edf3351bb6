"""Blind coding: what a second coder is given, and what comes back beside the case."""

import csv
import shutil
from pathlib import Path

import pytest

import atrisk
from atrisk.cli.main import main
from toys import HERE, THREE_FACTOR

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "cases" / "mini", tmp_path / "mini"))


def load(folder: Path) -> atrisk.Case:
    return atrisk.load_case(folder, THREE_FACTOR)


def fill(blind: Path, folder: Path) -> None:
    """Code the blind folder as the case is coded."""
    shutil.copy(folder / "evidence.csv", blind / "evidence.csv")


@pytest.mark.parametrize("name", ["car-2012-2015", "car-2020-2021"])
def test_a_blind_folder_tells_nothing_of_the_coding(name: str, tmp_path: Path) -> None:
    case = atrisk.load_case(name)
    blind = atrisk.export_blind(case, tmp_path / "blind")
    told = "".join(file.read_text(encoding="utf-8") for file in blind.iterdir())
    assert case.header.caveat not in told
    assert not [row.id for row in case.evidence if row.summary in told or row.quote in told]
    assert not [row.id for row in case.warnings if row.summary in told]
    assert {file.name for file in blind.iterdir()} == {
        "case.toml", "sources.csv", "evidence.csv", "columns.md",
    }  # fmt: skip
    settled = CASES / name / "evidence.csv"
    with (blind / "evidence.csv").open() as mine, settled.open(encoding="utf-8") as theirs:
        assert list(csv.reader(mine)) == [next(csv.reader(theirs))]


def test_rows_come_back_as_a_coder_s_own_and_change_nothing(folder: Path, tmp_path: Path) -> None:
    before = load(folder).digest
    blind = atrisk.export_blind(load(folder), tmp_path / "blind")
    fill(blind, folder)
    file = atrisk.merge_coding(load(folder), blind, "ana")
    assert file == folder / "evidence.ana.csv"
    case = load(folder)
    assert case.digest == before
    agreement = atrisk.measure_agreement(case, THREE_FACTOR)
    assert set(agreement.coders) == {"settled", "ana"}
    assert {row.coded_by for row in agreement.coders["ana"]} == {"ana"}
    with pytest.raises(atrisk.RequestError, match=r"evidence\.ana\.csv exists"):
        atrisk.merge_coding(case, blind, "ana")
    assert atrisk.merge_coding(case, blind, "ana", overwrite=True) == file


@pytest.mark.parametrize("coder", ["settled", "draft", "Ana B", "../x", ""])
def test_what_is_no_name_of_a_coder_is_refused(coder: str, folder: Path, tmp_path: Path) -> None:
    blind = atrisk.export_blind(load(folder), tmp_path / "blind")
    fill(blind, folder)
    with pytest.raises(atrisk.RequestError, match="is not a name for a coder"):
        atrisk.merge_coding(load(folder), blind, coder)


def test_every_fault_of_what_comes_back_is_told_and_nothing_is_written(
    folder: Path, tmp_path: Path
) -> None:
    blind = atrisk.export_blind(load(folder), tmp_path / "blind")
    fill(blind, folder)
    text = (blind / "evidence.csv").read_text(encoding="utf-8")
    first = load(folder).evidence[0]
    (blind / "evidence.csv").write_text(
        text.replace(";".join(first.indicators), "99.9", 1), encoding="utf-8"
    )
    header = (blind / "case.toml").read_text(encoding="utf-8")
    (blind / "case.toml").write_text(header.replace('id = "mini"', 'id = "other"'))
    sources = (blind / "sources.csv").read_text(encoding="utf-8").splitlines()
    cells = sources[1].split(",")
    (blind / "sources.csv").write_text("\n".join([*sources, ",".join(["newer", *cells[1:]]), ""]))
    with pytest.raises(atrisk.DataError) as caught:
        atrisk.merge_coding(load(folder), blind, "ana")
    told = str(caught.value)
    for words in ("other is not the case's mini", "'newer' is no source of mini", "99.9"):
        assert words in told
    assert not (folder / "evidence.ana.csv").exists()


def test_a_case_in_memory_has_no_place_for_a_coder(folder: Path, tmp_path: Path) -> None:
    case = load(folder)
    blind = atrisk.export_blind(case, tmp_path / "blind")
    made = atrisk.Case(case.header, case.sources, case.evidence, framework=THREE_FACTOR)
    with pytest.raises(atrisk.RequestError, match=r"save it with case\.save"):
        atrisk.merge_coding(made, blind, "ana")


def test_the_command_hands_a_case_on_and_takes_it_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(CASES / "car-2020-2021", tmp_path / "case"))
    blind = tmp_path / "blind"
    assert main(["agreement", str(folder), "--blind", str(blind)]) == 0
    assert "--merge" in capsys.readouterr().out
    fill(blind, folder)
    assert main(["agreement", str(folder), "--merge", str(blind), "--coder", "ana"]) == 0
    assert main(["agreement", str(folder)]) == 0
    assert "settled; ana" in capsys.readouterr().out
    assert main(["agreement", str(folder), "--merge", str(blind)]) == 2
    assert "--coder NAME" in capsys.readouterr().err
