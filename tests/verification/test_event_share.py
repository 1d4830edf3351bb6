"""What rows from counted events add: with them, without them, and they alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import atrisk
from followed import event_table
from shipped import car, un
from toys import HEADER, case_of

TABLE = event_table("CAF,2013-12,one-sided,state,60,900", "CAF,2014-02,battle,state,5,90")
DAY = date(2014, 3, 15)


def test_each_month_has_the_three_scores_and_what_events_change() -> None:
    case = atrisk.add_events(car(), TABLE, un(), published=DAY)
    found = atrisk.compare_events(case, un())
    documents, events = (atrisk.assess(part, un()) for part in atrisk.split_events(case))
    whole = atrisk.assess(case, un())
    rows = found.to_rows()
    assert [row["month"] for row in rows] == list(whole.months)
    for place, row in enumerate(rows):
        assert row["score"] == whole.overall[place]
        assert row["documents"] == documents.overall[place]
        assert row["documents_band"] == documents.bands[place]
        assert row["difference"] == whole.overall[place] - documents.overall[place]
        assert row["width"] == pytest.approx(whole.high[place] - whole.low[place])
        assert (row["events"] is None) == (events.coverage[place] == 0)
    known = whole.months.index("2014-03")
    assert all(row["difference"] == 0 and row["events"] is None for row in rows[:known])
    assert rows[known]["difference"] != 0
    assert rows[known]["events"] == events.overall[known]
    moved = np.mean([abs(row["difference"]) for row in rows])
    assert f"without them a month's score differs by {moved:.3f} on average" in repr(found)
    assert "4 of 395 rows come from counted events" in repr(found)


def test_a_view_is_that_of_every_part() -> None:
    case = atrisk.add_events(car(), TABLE, un(), published=DAY)
    seen = atrisk.compare_events(case, un(), knowledge="2014-02-28")
    assert seen.events is None  # not out yet
    assert all(row["difference"] == 0 for row in seen.to_rows())
    hind = atrisk.compare_events(case, un(), knowledge="retrospective", method="v1")
    assert hind.everything.overall.max() == pytest.approx(
        atrisk.assess(case, un(), knowledge="retrospective", method="v1").overall.max()
    )
    with pytest.raises(TypeError, match="knowlege"):
        atrisk.compare_events(case, un(), knowlege="retrospective")  # type: ignore[call-arg] # fault


def test_a_case_of_events_alone_has_nothing_from_documents() -> None:
    header = HEADER.model_copy(update={"framework": "un-foa-2014"})
    empty = atrisk.Case(header, (), (), checked=True)
    table = event_table("CAF,2020-02,battle,state,5,90")
    case = atrisk.add_events(empty, table, un(), published=date(2020, 4, 1))
    found = atrisk.compare_events(case, un())
    assert found.documents is None
    last = found.to_rows()[-1]
    assert (last["documents"], last["difference"]) == (None, None)
    assert last["score"] == last["events"]


def test_a_case_without_such_rows_is_told_how_to_get_them() -> None:
    with pytest.raises(atrisk.RequestError, match="atrisk import events FILE --case CASE"):
        atrisk.compare_events(car(), un())
    with pytest.raises(atrisk.RequestError):
        atrisk.compare_events(case_of(), un())
