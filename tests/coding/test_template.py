"""A new case: every file validates as it is made, and says what is to be done next."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

import atrisk
from atrisk.cases.tables import TABLES
from atrisk.cli.main import main
from atrisk.coding.lints import list_lints
from atrisk.coding.template import check_country, create_case
from shipped import un
from toys import THREE_FACTOR, case_of, evidence


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return create_case("TCD", start="2020-01", end="2021-06", framework=un(), out=tmp_path / "chad")


def test_a_new_case_validates_assesses_and_explains_as_it_is(made: Path) -> None:
    case = atrisk.load_case(made)
    assert (case.id, case.header.country) == ("tcd-2020-2021", "TCD")
    assert (str(case.months[0]), str(case.months[-1])) == ("2020-01", "2021-06")
    assert all((case.sources, case.evidence, case.searches, case.warnings, case.responses))
    now = atrisk.assess(case, un())
    assert now.explain("2020-01")
    assert atrisk.measure_gap(case, now).lags
    assert {path.name for path in made.iterdir()} >= {
        "case.toml", "sources.csv", "evidence.csv", "searches.csv", "warnings.csv",
        "responses.csv", "deliveries.csv", "README.md", "columns.md", "datapackage.json",
        "case.schema.json",
    }  # fmt: skip


def test_the_commands_of_its_readme_run(
    made: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    commands = re.findall(r"^atrisk (.*)$", (made / "README.md").read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        words = shlex.split(command.replace("MONTH", "2020-01"))
        if "--documents" in words:
            words[-1] = str(tmp_path)
        assert main(words) in ((1, 2) if "anchors" in words else (0,)), command
    assert "Assessment('tcd-2020-2021'" in capsys.readouterr().out


def test_validate_says_which_rows_are_still_the_template_s(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", str(made)]) == 0
    out = capsys.readouterr().out
    assert "no faults" in out
    for table in ("sources", "evidence", "searches", "warnings", "responses"):
        assert f"{table}.csv, example-{table} (example)" in out


def test_an_editor_finds_the_schema_of_the_header(made: Path) -> None:
    text = (made / "case.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema case.schema.json\n")
    jsonschema = pytest.importorskip("jsonschema")
    import json

    schema = json.loads((made / "case.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(tomllib.loads(text), schema)


def test_an_empty_case_has_every_table_and_no_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mali"
    new = ["new", "MLI", "--start", "2024-01", "--end", "2024-06", "--out", str(folder)]
    assert main([*new, "--empty"]) == 0
    assert f"atrisk code {folder} --documents DIR" in capsys.readouterr().out
    assert "atrisk code" in (folder / "README.md").read_text(encoding="utf-8")
    lines = {file.name: file.read_text().splitlines() for file in folder.glob("*.csv")}
    assert {name.removesuffix(".csv") for name in lines} == set(TABLES)
    assert {len(each) for each in lines.values()} == {1}
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {one["name"] for one in package["resources"]} <= set(TABLES)
    assert main(["validate", str(folder)]) == 2
    told = capsys.readouterr().err
    assert "has a header and no row; add at least one, by hand or" in told
    assert "atrisk code CASE --documents DIR" in told


@pytest.mark.client
@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_no_fault_in_a_new_case(made: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.Package(str(made / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"country": "Chad"}, "Write TCD"),
        ({"country": "td"}, "Write TCD"),
        ({"country": "tcd"}, "Write TCD"),
        ({"country": "CAR"}, "CAF (Central African Republic)"),
        ({"country": "Burma"}, "Write MMR"),
        ({"country": "Ivory Coast"}, "Write CIV"),
        ({"country": "DRC"}, "Write COD"),
        ({"country": "QQQ"}, "no country is called 'QQQ'"),
        ({"country": "=1+1"}, "no country"),
        ({"start": "2020"}, "--start: '2020' is not a month"),
        ({"start": "2021-07"}, "swap --start and --end"),
    ],
)
def test_a_case_of_nowhere_or_never_is_refused(
    given: dict[str, Any], words: str, tmp_path: Path
) -> None:
    asked = {"country": "TCD", "start": "2020-01", "end": "2021-06"} | given
    country = asked.pop("country")
    with pytest.raises(atrisk.AtriskError, match=re.escape(words)):
        create_case(country, framework=un(), out=tmp_path / "new", **asked)
    assert not list(tmp_path.iterdir())  # whole or not at all


@pytest.mark.parametrize("code", ["XKX", "SSD", "YUG", "SCG", "ZAR", "CSK", "DDR", "SUN", "TMP"])
def test_a_case_may_be_of_kosovo_or_of_a_state_that_is_no_more(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new"
    assert main(["new", code, "--start", "1998-01", "--end", "1999-06", "--out", str(out)]) == 0
    assert "is ready" in capsys.readouterr().out
    assert atrisk.load_case(out).header.country == code
    told = [lint for lint in list_lints(atrisk.load_case(out), un()) if lint.kind == "country"]
    assert bool(told) == (code not in ("XKX", "SSD", "YUG", "TMP"))  # not one in those years
    if code == "SCG":
        assert "from 2003-07 to 2006-09" in told[0].message
        assert "write SRB or MNE" in told[0].message


def test_validate_refuses_the_codes_that_new_refuses(made: Path) -> None:
    header = made / "case.toml"
    text = header.read_text(encoding="utf-8")
    for wrong, words in {
        "QQQ": "'QQQ' is not accepted; expected an ISO 3166-1 alpha-3 code",
        "tcd": "did you mean TCD (Chad)",
        "Burma": "did you mean MMR (Myanmar)",
        "": "the cell is empty; expected an ISO 3166-1",
    }.items():
        header.write_text(text.replace('"TCD"', f'"{wrong}"'), encoding="utf-8")
        with pytest.raises(atrisk.DataError, match=re.escape(words)):
            atrisk.load_case(made)


def test_an_existing_folder_is_never_touched(made: Path) -> None:
    before = (made / "evidence.csv").read_text(encoding="utf-8")
    (made / "evidence.csv").write_text(before + "mine", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="exists; choose another folder"):
        create_case("TCD", start="2020-01", end="2020-02", framework=un(), out=made)
    assert (made / "evidence.csv").read_text(encoding="utf-8").endswith("mine")


def test_a_case_inside_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "afile").write_text("x", encoding="utf-8")
    with pytest.raises(atrisk.RequestError, match="cannot be made"):
        create_case(
            "TCD", start="2020-01", end="2020-02", framework=un(), out=tmp_path / "afile" / "x"
        )


def test_a_framework_of_one_s_own_gets_its_own_codes(tmp_path: Path) -> None:
    folder = create_case(
        "CAF", start="2020-01", end="2020-03", framework=THREE_FACTOR, out=tmp_path / "a b"
    )
    case = atrisk.load_case(folder, THREE_FACTOR)
    assert case.evidence[0].indicators == ("1.1",)
    assert shlex.quote(str(folder)) in (folder / "README.md").read_text(encoding="utf-8")


def test_the_command_makes_a_case_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "CAF", "--start", "2020-12", "--end", "2021-11"]) == 0
    assert "atrisk validate ./caf-2020-2021" in capsys.readouterr().out
    assert main(["validate", "./caf-2020-2021"]) == 0
    assert main(["schema", "./caf-2020-2021"]) == 0
    assert main(["schema", "evidence"]) == 0
    capsys.readouterr()
    assert main(["schema", "evidnce"]) == 2
    assert "Did you mean 'evidence'" in capsys.readouterr().err
    assert check_country("CAF") == "Central African Republic"


def lints(*rows: atrisk.Evidence) -> dict[str, str]:
    return {lint.kind: lint.message for lint in list_lints(case_of(*rows), THREE_FACTOR)}


def test_each_lint_is_told_where_it_holds_and_only_there() -> None:
    plain = [
        evidence("a", source="source-a", credibility=2, known="2020-12-31", quote="one two three"),
        evidence("b", source="source-b", credibility=1, known="", quote="four five six"),
    ]
    assert set(lints(*plain)) == {"uncited", "unseen", "never-counts"}
    assert "source-c" not in lints(*plain)["unseen"]
    twice = plain[0].model_copy(update={"id": "c"})
    assert "the same anchor as a" in lints(*plain, twice)["same-quote"]
    assert "all 2 rows are from source-a" in lints(evidence("a"), evidence("b"))["one-source"]
    diagonal = lints(evidence("a"), evidence("b", source="source-b", credibility=2))
    assert "judge the claim apart" in diagonal["diagonal"]
    assert "1 row known before" in lints(evidence("a", known="2020-02"))["known-before"]
    late = lints(evidence("a", known="2020-08", start="2020-02"))
    assert "2020-08-31, after the case's last month" in late["never-counts"]


def test_every_indicator_that_was_looked_at_is_no_lint() -> None:
    every = evidence("a", indicators=";".join(THREE_FACTOR.indicators))
    assert "unseen" not in lints(every)


def test_a_claim_that_slipped_is_asked_about_and_a_numbered_one_is_not() -> None:
    def named(first: str, second: str) -> dict[str, str]:
        rows = [evidence("a", claim=first, quote="one two three")]
        return lints(*rows, evidence("b", claim=second, quote="four five six"))

    for slip in ("town-atack", "town-attakc", "townattack", "town_attack", "town-attacks"):
        assert "town-attack" in named("town-attack", slip)["near-claim"]
    for other in ("town-attack-2", "town-attack", "town-talks", "market-attack"):
        assert "near-claim" not in named("town-attack", other)
    assert "near-claim" not in named("town-attack-1", "town-attack-2")


def test_opposite_rows_of_one_anchor_get_one_advice() -> None:
    rows = [evidence("a", claim="one"), evidence("b", claim="two", direction="mitigating")]
    assert "same-quote" not in lints(*rows)
    with pytest.raises(atrisk.DataError, match="use two claims") as caught:
        case_of(rows[0], rows[1].model_copy(update={"claim": "one"}))
    assert "one claim" not in str(caught.value).replace("two claims", "")


def test_a_case_of_one_year_is_titled_by_it(tmp_path: Path) -> None:
    out = create_case("MLI", start="2024-01", end="2024-12", framework=un(), out=tmp_path / "new")
    assert atrisk.load_case(out).header.title == "Mali, 2024"
    columns = (out / "columns.md").read_text(encoding="utf-8")
    assert "| only if the source has `no` under `quotable` |" in columns
