"""What the publishers' codes mean."""

from __future__ import annotations

import pytest

from atrisk.events.codes import (
    ACLED_ACTORS,
    ACLED_TYPES,
    HDX_TYPES,
    UCDP_TYPES,
    tell_acled,
    tell_own,
    tell_tagged,
    tell_ucdp,
)
from atrisk.events.counts import ACTORS, KINDS
from atrisk.events.values import CellError


def test_every_code_means_one_of_our_words() -> None:
    assert {*UCDP_TYPES.values(), *ACLED_TYPES.values(), *HDX_TYPES.values()} <= set(KINDS)
    assert set(ACLED_ACTORS.values()) <= set(ACTORS)


@pytest.mark.parametrize(
    ("kind", "side", "sort"),
    [
        ("1", "Government of Atlantis", ("battle", "state")),
        ("2", "Atlantis Front", ("battle", "non-state")),
        ("3", "Government of Atlantis", ("one-sided", "state")),
        ("3", "Atlantis Front", ("one-sided", "non-state")),
        ("3", "Front against the Government of Atlantis", ("one-sided", "non-state")),
    ],
)
def test_types_of_ucdp(kind: str, side: str, sort: tuple[str, str]) -> None:
    assert tell_ucdp(kind, side) == sort


@pytest.mark.parametrize(
    ("kind", "inter", "name", "targeting", "sort"),
    [
        ("Battles", "State forces", "", "", ("battle", "state")),
        ("Battles", "1", "", "Civilian targeting", ("battle", "state")),
        ("Violence against civilians", "3", "", "Civilian targeting", ("one-sided", "non-state")),
        ("Explosions/Remote violence", "Rebel group", "", "", ("remote", "non-state")),
        ("Explosions/Remote violence", "2", "", "Civilian targeting", ("one-sided", "non-state")),
        ("Remote violence", "2", "", "", ("remote", "non-state")),
        ("Riots", "Rioters", "", "", ("riot", "non-state")),
        ("Protests", "Protesters", "", "", ("protest", "non-state")),
        ("Riots/Protests", "5", "", "", ("riot", "non-state")),
        ("Riots/Protests", "6", "", "", ("protest", "non-state")),
        ("Strategic developments", "", "", "", ("other", "unknown")),
        ("Battle-No change of territory", "0", "", "", ("battle", "unknown")),
        ("Battles", "8", "Military Forces of Atlantis (2020-)", "", ("battle", "state")),
        ("Battles", "External/Other forces", "Atlantis Company", "", ("battle", "unknown")),
    ],
)
def test_types_of_acled(
    kind: str, inter: str, name: str, targeting: str, sort: tuple[str, str]
) -> None:
    assert tell_acled(kind, inter, name, targeting) == sort


@pytest.mark.parametrize(
    ("kind", "actor", "sort"),
    [
        ("", "", ("other", "unknown")),
        ("civilian_targeting", "", ("one-sided", "unknown")),
        ("Battles", "State forces", ("battle", "state")),
        ("riot", "non-state", ("riot", "non-state")),
        ("battle", "Government of Atlantis", ("battle", "state")),
        ("battle", "Atlantis Front", ("battle", "unknown")),
    ],
)
def test_types_and_actors_under_hashtags(kind: str, actor: str, sort: tuple[str, str]) -> None:
    assert tell_tagged(kind, actor) == sort


def test_our_own_words_are_read_in_any_case_and_no_actor_is_unknown() -> None:
    assert tell_own(" One-Sided ", "STATE") == ("one-sided", "state")
    assert tell_own("riot", "") == ("riot", "unknown")


def test_a_code_that_nobody_uses_is_a_fault_of_its_column() -> None:
    for tell, cells, question in [
        (tell_ucdp, ("4", ""), "kind"),
        (tell_acled, ("War", "1", "", ""), "kind"),
        (tell_acled, ("Battles", "9", "", ""), "actor"),
        (tell_tagged, ("war", ""), "kind"),
        (tell_own, ("war", "state"), "kind"),
        (tell_own, ("riot", "rebels"), "actor"),
    ]:
        with pytest.raises(CellError, match="expected") as caught:
            tell(*cells)
        assert caught.value.question == question
