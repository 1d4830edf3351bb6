"""A small case, a framework, documents and events that hold a text wherever they may."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from pathlib import Path

from toys import ROOT

HERE = "§"  # where the text is put
MONTH = "2020-03"
DOCUMENT = """A heading§

In the morning the first shots§ fell on 10 February 2020 near the river.

Then the second§ shots fell and the soldiers§ killed villagers who had fled there.
"""
EVIDENCE = """id,source,locator,quote,start,end,known,audience,indicators,direction,severity,\
credibility,claim,actors,population,place,summary
"""
CASE = {
    "case.toml": """id = "mini"
title = "A toy country§"
country = "CAF"
start = "2020-01"
end = "2020-04"
framework = "un-foa-2014"
licence = "CC-BY-4.0§"
caveat = "A toy.§"
""",
    "sources.csv": """id,title,publisher,published,kind,reliability,sha256
diary,A diary§,A witness§,2020-06,diary§,A,SHA
""",
    "evidence.csv": EVIDENCE
    + "shots,diary,p. 1§,the first shots§ fell,2020-02-10,,2020-02-10,public,8.1;11.1,aggravating,"
    "4,1,,soldiers§,villagers§,North§,Soldiers shot§.\n"
    + "".join(
        f"more-{day},diary,p. {day}§,the second§ shots fell,2020-03-{day},,2020-03-{day},public,"
        f"8.1;11.1;7.1,aggravating,4,1,,soldiers§,villagers§,North§,Soldiers shot again§.\n"
        for day in range(10, 19)
    ),
    "evidence.bob.csv": EVIDENCE
    + "bob-shots,diary,p. 1§,the first shots§ fell,2020-02-10,,2020-02-10,public,8.1,aggravating,"
    "3,1,,soldiers§,villagers§,North§,Soldiers shot§.\n",
    "adjudication.csv": """source,locator,kept,by,on,reason
diary,p. 1§,bob-shots,me§,2020-05-05,because§
""",
    "searches.csv": """id,source,locator,start,end,known,audience,indicators,summary
no-hunger,diary,p. 9§,2020-01,..,2020-01-31,public,6.2,Nobody went hungry§.
""",
    "warnings.csv": """id,date,issuer,addressee,audience,about,specificity,asked,source,\
locator,quote,summary
w-one,2020-02-12,A witness§,the Council§,public,conflict,general,help§,diary,p. 1§,\
we had warned§ you,A witness warned§.
""",
    "responses.csv": """id,actor,instrument,measure,proposed,decided,funded,deployed,full_strength,\
ended,promised,delivered,unit,protects_civilians,effect,answers,inferred,source,locator,quote,summary
r-one,UN§,peacekeeping,A mission§,,2020-03-01,,2020-03-10,,,100,50,troops§,yes,protective,\
w-one,,diary,p. 3§,then the mission§ came,A mission came§.
""",
    "deliveries.csv": """response,date,promised,delivered,unit,source,locator,quote
r-one,2020-04-01,100,80,troops§,diary,p. 4§,eighty of§ them came
""",
    "needs.csv": """id,date,issuer,needed,unit,source,locator,quote,summary
n-one,2020-02-20,A witness§,300,troops§,diary,p. 5§,three hundred§ are needed,They were needed§.
""",
    "actions.csv": """id,phase,tier,actor,action,within_days,money,currency,mandate,stop_rule
a-one,activation,watch,Logistics§,Send stocks§,10,900,EUR,a signature§,Nobody is left§
a-two,readiness,alarm,Logistics§,Order stocks§,400,,,,
""",
    "activations.csv": """id,action,triggered,decided,started,completed,stopped,spent,note
v-one,a-one,2020-02-20,2020-02-25,,2020-03-02,,850,All sent§
""",
    "judgements.csv": """reader,month,level,target,note
one,2020-02,3,overall,grave§
one,2020-03,4,overall,graver§
two,2020-02,2,overall,grave§
two,2020-03,4,overall,graver§
""",
    "outcomes.csv": """month,measure,value,low,high,source,vintage
2020-01,one-sided-deaths,0,,,Counts§ of others,2021
2020-02,one-sided-deaths,5,,,Counts§ of others,2021
2020-03,one-sided-deaths,90,,,Counts§ of others,2021
2020-04,one-sided-deaths,90,,,Counts§ of others,2021
""",
    "rivals.csv": """system,issued,kind,start,end,value,rank,ranked,scale,source,note
rival,2020-01-31,issued,2020-02,2020-03,4,1,10,one§ to five,A rival§,noted§
""",
    "lookups.csv": """number,on,corpus,query,results,used,reader
1,2020-06-02,pages§,what happened§,3,diary,me§
""",
    "scenarios/what-if§.toml": """title = "Half§"
question = "What if§?"
rationale = "Because§."

[changes]
half_lives = 0.5
""",
}  # fmt: skip
EVENTS = """date,country,kind,actor,deaths,note
2020-02-16,CAF,one-sided,state,30,made up§
2020-03-16,CAF,one-sided,non-state,40,made up§
"""
HIGHLIGHTS = """id,document,tag,content
1,diary,8.1 shots§,In the morning the first§ shots fell on
2,diary,no code§,Then the second§ shots fell and
3,other§,8.1 shots,Then the second§ shots fell and
"""
_STRINGS = r'(?m)^(title|label|rationale|question|caveat|source|text|meaning) = "(?!")'


def write_case(folder: Path, poison: str) -> Path:
    """Write the case, with a text at the end of every cell of free text, and return its folder."""
    digest = hashlib.sha256(DOCUMENT.replace(HERE, poison).encode()).hexdigest()
    for name, text in CASE.items():
        file = folder / name.replace(HERE, poison)
        file.parent.mkdir(parents=True, exist_ok=True)
        put = _escape(poison) if name.endswith(".toml") else poison
        file.write_text(text.replace(HERE, put).replace("SHA", digest), encoding="utf-8")
    return folder


def write_framework(folder: Path, poison: str, name: str = "un-foa-2014") -> Path:
    """Copy a framework, with a text in every string and every cell that people read."""
    shutil.copytree(ROOT / "frameworks" / name, folder, ignore=shutil.ignore_patterns("vignettes"))
    for file in folder.glob("*.toml"):
        text = re.sub(_STRINGS, lambda found: found[0] + _escape(poison), file.read_text("utf-8"))
        file.write_text(text, encoding="utf-8")
    for file in folder.rglob("*.csv"):
        header, *rows = csv.reader(io.StringIO(file.read_text("utf-8"), newline=""))
        wanted = {"title", "label", "gloss", "rationale"} & set(header)
        for row in rows:
            for place in (header.index(column) for column in wanted):
                row[place] += poison
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows([header, *rows])
        file.write_text(table.getvalue(), encoding="utf-8")
    return folder


def write_all(folder: Path, poison: str) -> dict[str, str]:
    """Write everything under a folder, and return where by name."""
    case = write_case(folder / f"case{poison}", poison)
    framework = write_framework(folder / f"framework{poison}", poison)
    stages = write_framework(folder / "stages", poison, "ten-stages")
    documents = folder / "documents"
    documents.mkdir()
    texts = {"diary.txt": DOCUMENT, "events.csv": EVENTS, "highlights.csv": HIGHLIGHTS}
    files = {name: documents / f"{poison}{name}" for name in texts}
    for name, file in files.items():
        file.write_text(texts[name].replace(HERE, poison), encoding="utf-8")
    return {
        "case": str(case),
        "framework": str(framework),
        "stages": str(stages),
        "documents": str(documents),
        "out": str(folder / "out"),
        **{name.partition(".")[0]: str(file) for name, file in files.items()},
    }


def _escape(text: str) -> str:
    return "".join(f"\\U{ord(mark):08x}" for mark in text)
