"""Header: everything in ``framework.toml``, checked as a whole."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from atrisk.base.cells import Header, Identifier, Text
from atrisk.frameworks.branches import OPTIONS, Branches
from atrisk.frameworks.limits import Inside, Share

Code = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="a code such as 7 or 7.14")]
LEVELS = 100  # of a severity scale, at most


class Crime(Header):
    """A crime and the factors that bear on it, in the framework's order."""

    code: Identifier
    label: Text
    factors: Annotated[
        tuple[Code, ...], Field(min_length=1, description="codes of factors, at least one")
    ]
    rationale: Text

    @model_validator(mode="after")
    def _counts_each_factor_once(self) -> Self:
        twice = next((code for code in self.factors if self.factors.count(code) > 1), None)
        if twice:
            raise ValueError(f"{self.code!r} names the factor {twice} twice; keep one")
        return self


class SeverityLevel(Header):
    """One step of the severity scale."""

    value: Annotated[int, Field(ge=0)]
    label: Text
    meaning: Text
    mitigating: str = ""


class Band(Header):
    """A word for a stretch of the score, from where the branch ``bands`` says, or ``lower``."""

    value: Annotated[int, Field(ge=0)]
    label: Text
    lower: Share | None = None
    rationale: str = ""


class Confidence(Header):
    """A word for how sure a reading is: a narrow interval, and enough looked at."""

    label: Text
    widest: Share
    least_coverage: Share
    rationale: Text


class MethodSet(Header):
    """A whole method by one name: options by branch, so that published numbers can be had again."""

    id: Identifier
    rationale: Text
    choices: dict[str, Identifier]


class FrameworkHeader(Header):
    """The content of ``framework.toml``."""

    id: Identifier
    based_on: str = ""
    title: Text
    source: Text
    licence: Text
    caveat: Text
    least_coverage: Share
    confidence_level: Inside
    severity: Annotated[
        tuple[SeverityLevel, ...],
        Field(min_length=2, max_length=LEVELS, description=f"levels from 0 on, 2 to {LEVELS}"),
    ]
    bands: tuple[Band, ...]
    confidence: tuple[Confidence, ...] = ()
    crimes: Annotated[tuple[Crime, ...], Field(min_length=1, description="crimes, at least one")]
    branches: Branches
    sets: tuple[MethodSet, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _make_the_branch_of_bands(cls, content: Any) -> Any:
        """Take bands that carry their own lower ends as the one option of their branch."""
        bands, branches = content.get("bands"), content.get("branches")
        if (
            not isinstance(branches, dict)
            or "bands" in branches
            or not isinstance(bands, list | tuple)
        ):
            return content
        cells = [one if isinstance(one, dict) else {} for one in bands]
        told = "; ".join(str(one.get("rationale", "")) for one in cells)
        own = {
            "id": "own",
            "lowers": [one.get("lower") for one in cells],
            "weight": 1,
            "rationale": told or "own",
        }
        question = "From which score on is a word used?"
        branch = {"question": question, "default": "own", "options": [own]}
        return {**content, "branches": {**branches, "bands": branch}}

    @model_validator(mode="after")
    def _sets_name_options(self) -> Self:
        for one in self.sets:
            for name, option in one.choices.items():
                if name not in OPTIONS:
                    raise ValueError(f"sets: {one.id!r} names no branch: {name!r}")
                known = [o.id for o in getattr(self.branches, name).options]
                if option not in known:
                    message = f"sets: {one.id!r}: {name} has no option {option!r}; it has "
                    raise ValueError(message + ", ".join(known))
        return self

    @model_validator(mode="after")
    def _scales_are_sound(self) -> Self:
        if [level.value for level in self.severity] != list(range(len(self.severity))):
            raise ValueError("severity: the levels must count up from 0, one by one")
        codes = [crime.code for crime in self.crimes]
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice:
            raise ValueError(f"crimes: {twice!r} is listed twice; give each a code of its own")
        for alarm in getattr(self.branches, "alarm").options:  # noqa: B009 - a field that is made
            if (alarm.warns_of or 0) >= len(self.severity):
                raise ValueError(
                    f"branches.alarm: {alarm.id!r} warns of level {alarm.warns_of}; the severity "
                    f"scale ends at {len(self.severity) - 1}"
                )
        rules = getattr(self.branches, "rule").options  # noqa: B009 - likewise
        for rule in rules:
            if rule.otherwise and rule.otherwise not in [one.id for one in rules]:
                raise ValueError(f"branches.rule: {rule.id!r} names no rule: {rule.otherwise!r}")
        for option in getattr(self.branches, "bands").options:  # noqa: B009 - a field that is made
            if len(option.lowers) != len(self.bands):
                raise ValueError(
                    f"branches.bands: {option.id!r} has {len(option.lowers)} lowers for "
                    f"{len(self.bands)} bands"
                )
        return self
