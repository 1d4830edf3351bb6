"""Codes: what the publishers' codes for a kind of event and for who acted mean here.

Codes and names are the publishers' own, folded to lower case; which of our words each one stands
for is told to readers in ``docs/data-format.md``.
"""

from __future__ import annotations

from functools import lru_cache

from atrisk.base.errors import shorten
from atrisk.events.counts import ACTORS, KINDS
from atrisk.events.values import HELD, CellError

UCDP_TYPES = {"1": "battle", "2": "battle", "3": "one-sided"}
UCDP_ACTORS = {"1": "state", "2": "non-state"}  # of type 3 it is told by the name of side A
ACLED_TYPES = {
    "battles": "battle",
    "explosions/remote violence": "remote",
    "violence against civilians": "one-sided",
    "riots": "riot",
    "protests": "protest",
    "strategic developments": "other",
    # before 2019
    "battle-no change of territory": "battle",
    "battle-government regains territory": "battle",
    "battle-non-state actor overtakes territory": "battle",
    "remote violence": "remote",
    "riots/protests": "riot",  # protest if protesters acted
    "strategic development": "other",
    "headquarters or base established": "other",
    "non-violent activity by a conflict actor": "other",
    "non-violent transfer of territory": "other",
}
ACLED_ACTORS = {
    "0": "unknown",
    "": "unknown",
    "1": "state",
    "state forces": "state",
    "2": "non-state",
    "rebel group": "non-state",
    "rebel groups": "non-state",
    "rebel forces": "non-state",
    "3": "non-state",
    "political militia": "non-state",
    "political militias": "non-state",
    "4": "non-state",
    "identity militia": "non-state",
    "identity militias": "non-state",
    "communal militia": "non-state",
    "communal militias": "non-state",
    "5": "non-state",
    "rioters": "non-state",
    "6": "non-state",
    "protesters": "non-state",
    "7": "non-state",
    "civilians": "non-state",
    # forces of another state, of an international organization or of a company: told by the name
    "8": "unknown",
    "external/other forces": "unknown",
    "external forces": "unknown",
    "other forces": "unknown",
}
EXTERNAL = ("8", "external/other forces", "external forces", "other forces")
PROTESTERS = ("6", "protesters")
HDX_TYPES = {
    "civilian_targeting": "one-sided",
    "demonstration": "protest",
    "demonstrations": "protest",
    "political_violence": "other",  # HDX counts the targeting of civilians in it once more
}
STATE_NAMES = ("government of", "military forces of", "police forces of")

Sort = tuple[str, str]  # kind, actor


@lru_cache(maxsize=HELD)
def tell_ucdp(kind: str, side: str) -> Sort:
    """Return kind and actor of an event of UCDP.

    Args:
        kind: ``type_of_violence``.
        side: name of side A.

    Raises:
        CellError: no such type of violence.

    Examples:
        >>> tell_ucdp("3", "Government of Atlantis"), tell_ucdp("3", "Atlantis Front")
        (('one-sided', 'state'), ('one-sided', 'non-state'))
    """
    code = kind.strip()
    if code not in UCDP_TYPES:
        raise CellError("kind", f"{shorten(kind)} is no type of violence; expected 1, 2 or 3")
    named = "state" if side.strip().casefold().startswith("government of") else "non-state"
    return UCDP_TYPES[code], UCDP_ACTORS.get(code, named)


@lru_cache(maxsize=HELD)
def tell_acled(kind: str, inter: str, name: str, targeting: str) -> Sort:
    """Return kind and actor of an event of ACLED.

    Args:
        kind: ``event_type``.
        inter: ``inter1``, as a number or as its label.
        name: ``actor1``.
        targeting: ``civilian_targeting``.

    Raises:
        CellError: no such event type, or no such label of an actor.

    Examples:
        >>> tell_acled("Explosions/Remote violence", "State forces", "", "Civilian targeting")
        ('one-sided', 'state')
        >>> tell_acled("Riots/Protests", "6", "Protesters (Atlantis)", "")
        ('protest', 'non-state')
    """
    event, code = kind.strip().casefold(), inter.strip().casefold()
    if event not in ACLED_TYPES:
        listed = "Battles, Explosions/Remote violence, Violence against civilians, Riots, Protests"
        accepted = f"{listed} or Strategic developments"
        raise CellError("kind", f"{shorten(kind)} is no event type; expected {accepted}")
    if code not in ACLED_ACTORS:
        accepted = "0 to 8, or a label such as State forces"
        raise CellError("actor", f"{shorten(inter)} is no type of actor; expected {accepted}")
    actor = ACLED_ACTORS[code]
    if code in EXTERNAL and _names_state(name):
        actor = "state"
    if event == "riots/protests" and code in PROTESTERS:
        return "protest", actor
    if ACLED_TYPES[event] == "remote" and targeting.strip():
        return "one-sided", actor
    return ACLED_TYPES[event], actor


@lru_cache(maxsize=HELD)
def tell_tagged(kind: str, actor: str) -> Sort:
    """Return kind and actor of a row with hashtags, in our words, ACLED's or HDX's.

    Args:
        kind: under ``#event+type``; nothing is ``other``.
        actor: under ``#actor`` or ``#group``: a word, a label, or a name, which tells a state's
            forces; of any other name it is unknown.

    Raises:
        CellError: no such type.
    """
    event, who = kind.strip().casefold(), actor.strip().casefold()
    known = {"": "other", **{word: word for word in KINDS}, **HDX_TYPES, **ACLED_TYPES}
    if event not in known:
        accepted = f"{', '.join(KINDS)}, or an event type of ACLED or HDX"
        raise CellError("kind", f"{shorten(kind)} is no type of event; expected {accepted}")
    if _names_state(who):
        return known[event], "state"
    return known[event], who if who in ACTORS else ACLED_ACTORS.get(who, "unknown")


@lru_cache(maxsize=HELD)
def tell_own(kind: str, actor: str) -> Sort:
    """Return kind and actor that are written in our own words; an empty actor is unknown.

    Raises:
        CellError: no such kind or actor.
    """
    event, who = kind.strip().casefold(), actor.strip().casefold() or "unknown"
    if event not in KINDS:
        raise CellError("kind", f"{shorten(kind)} is no kind; expected {', '.join(KINDS)}")
    if who not in ACTORS:
        raise CellError("actor", f"{shorten(actor)} is no actor; expected {', '.join(ACTORS)}")
    return event, who


def _names_state(name: str) -> bool:
    return name.strip().casefold().startswith(STATE_NAMES)
