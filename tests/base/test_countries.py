"""Countries by code, name and number, as event data write them."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atrisk.base.countries import (
    find_country,
    find_country_by_gw,
    read_code,
    suggest_codes,
)

NAMES = {
    "DR Congo (Zaire)": "COD",
    "Democratic Republic of Congo": "COD",
    "Congo, DRC": "COD",
    "Congo (Kinshasa)": "COD",
    "Congo": "COG",
    "Republic of Congo": "COG",
    "Myanmar (Burma)": "MMR",
    "Burma": "MMR",
    "Ivory Coast": "CIV",
    "Cote d'Ivoire": "CIV",
    "Côte d’Ivoire": "CIV",
    "COTE D`IVOIRE": "CIV",
    "Bosnia-Herzegovina": "BIH",
    "Kingdom of eSwatini (Swaziland)": "SWZ",
    "Swaziland": "SWZ",
    "Upper Volta": "BFA",
    "Macedonia": "MKD",
    "Macedonia, FYR": "MKD",
    "East Timor": "TLS",
    "Cape Verde": "CPV",
    "Russia (Soviet Union)": "RUS",
    "Yemen (North Yemen)": "YEM",
    "South Yemen": "YEM",
    "Serbia (Yugoslavia)": "SRB",
    "Vietnam (North Vietnam)": "VNM",
    "Cambodia (Kampuchea)": "KHM",
    "Madagascar (Malagasy)": "MDG",
    "Zimbabwe (Rhodesia)": "ZWE",
    "Palestine": "PSE",
    "Kosovo": "XKX",
    "The Gambia": "GMB",
    "St. Kitts and Nevis": "KNA",
    "Solomon Is.": "SLB",
    "Sao Tome & Principe": "STP",
    "Türkiye": "TUR",
    "turkiye": "TUR",
    "Iran (Islamic Republic of)": "IRN",
    "  niger ": "NER",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), NAMES.items(), ids=str)
def test_a_country_is_found_by_the_names_that_event_data_use(name: str, code: str) -> None:
    assert find_country(name) == code


@pytest.mark.parametrize("text", ["MLI", "mli", "ML", "466", "Mali"])
def test_a_country_is_found_by_each_of_its_codes(text: str) -> None:
    assert find_country(text) == "MLI"


@pytest.mark.parametrize("text", ["", "  ", "()", "Korea", "Atlantis", "999", "Iran (Iraq)", "("])
def test_what_names_no_country_or_two_finds_none(text: str) -> None:
    assert find_country(text) is None


def test_leading_zeros_of_a_number_do_not_matter() -> None:
    assert find_country("4") == find_country("004") == "AFG"


def test_a_gleditsch_ward_number_finds_the_state_that_publishers_continue_it_as() -> None:
    found = {n: find_country_by_gw(n) for n in (365, 345, 678, 680, 816, 626, 347, "482", 0, "")}
    assert found == {
        365: "RUS", 345: "SRB", 678: "YEM", 680: "YEM", 816: "VNM", 626: "SSD", 347: "XKX",
        "482": "CAF", 0: None, "": None,
    }  # fmt: skip


def test_no_name_or_number_belongs_to_two_countries() -> None:
    text = files("atrisk.base").joinpath("countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len({row["alpha3"] for row in rows}) == 250
    for row in rows:
        listed = [row["alpha3"], row["alpha2"], row["numeric"], row["name"]]
        for name in [*listed, *row["others"].split(";")]:
            assert not name or find_country(name) == row["alpha3"], name
        for number in row["gw"].split(";"):
            assert not number or find_country_by_gw(number) == row["alpha3"], number


@given(st.text())
def test_any_text_is_a_country_or_none(text: str) -> None:
    assert find_country(text) is None or len(find_country(text) or "") == 3


@pytest.mark.parametrize(
    ("code", "last", "now"),
    [("YUG", "2003-07", "SRB"), ("SCG", "2006-09", "SRB"), ("ZAR", "1997-07", "COD"),
     ("CSK", "1993-06", "CZE"), ("DDR", "1990-10", "DEU"), ("TMP", "2002-05", "TLS"),
     ("BUR", "1989-12", "MMR"), ("ANT", "2010-12", "CUW"), ("SUN", "1992-08", "RUS")],
)  # fmt: skip
def test_a_withdrawn_code_has_its_time_and_is_counted_with_its_successor(
    code: str, last: str, now: str
) -> None:
    country = read_code(code)
    assert country is not None
    assert (country.last, country.now[0]) == (last, now)
    assert find_country(code) == now


def test_withdrawn_codes_are_none_of_today_and_lead_to_codes_of_today() -> None:
    text = files("atrisk.base").joinpath("former.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 30
    today = {code for code in map(find_country, NAMES) if code}
    for row in rows:
        assert row["alpha3"] not in today
        assert row["first"] < row["last"]
        for code in row["now"].split(";"):
            found = read_code(code)
            assert found
            assert not found.last
        assert find_country(row["alpha4"]) == row["now"].partition(";")[0]


def test_a_code_covers_its_months_to_the_last() -> None:
    yugoslavia, car = read_code("YUG"), read_code("CAF")
    assert yugoslavia
    assert car
    assert yugoslavia.covers("1998-01", "2003-07")
    assert not yugoslavia.covers("1998-01", "2003-08")
    assert not yugoslavia.covers("1973-12", "1975-01")
    assert car.covers("1900-01", "2100-12")


@pytest.mark.parametrize(
    ("text", "code"),
    [("Burma", "MMR"), ("Ivory Coast", "CIV"), ("DRC", "COD"), ("Zaire", "COD"), ("Holland", "NLD"),
     ("Myanmr", "MMR"), ("caf", "CAF"), ("FRY", "SRB"), ("Centrafrique", "CAF")],
)  # fmt: skip
def test_a_name_leads_to_its_code(text: str, code: str) -> None:
    assert suggest_codes(text)[0] == code
