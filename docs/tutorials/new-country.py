# %% [markdown]
# # A new country in Python
#
# From an empty folder to a page that can be sent, for a country and months of one's own. The same on the command line, with evidence
# coded by hand, is in "A new country on the command line".

# %%
import tempfile
from pathlib import Path

import atrisk

framework = atrisk.load_framework("un-foa-2014")
room = Path(tempfile.mkdtemp())
folder = atrisk.create_case(
    "TCD", start="2020-01", end="2020-06", framework=framework, out=room / "chad"
)
sorted(path.name for path in folder.iterdir())

# %% [markdown]
# Every file validates as it is, with one example row; what is still to be done is listed.

# %%
case = atrisk.load_case(folder)
for lint in atrisk.list_lints(case, framework)[:4]:
    print(f"{lint.where}: {lint.message}")

# %% [markdown]
# Code a row: what happened, when it held, when it was first on record, which indicators it bears on, how grave, how credible.

# %%
table = folder / "evidence.csv"
columns = table.read_text(encoding="utf-8").splitlines()[0].split(",")
row = dict.fromkeys(columns, "") | {
    "id": "shots",
    "source": case.sources[0].id,
    "locator": "p. 1",
    "quote": "shots were fired at villagers",
    "start": "2020-01-10",
    "known": "2020-01-12",
    "audience": "public",
    "indicators": "11.1;2.1",
    "direction": "aggravating",
    "severity": "3",
    "credibility": "2",
    "actors": "soldiers",
    "population": "villagers",
    "place": "North",
    "summary": "Soldiers shot at villagers.",
}
table.write_text(f"{','.join(columns)}\n{','.join(row.values())}\n", encoding="utf-8")
case = atrisk.load_case(folder)
assessment = atrisk.assess(case, framework)
assessment.to_frame()[["month", "band", "score", "high", "coverage"]]

# %% [markdown]
# No band is named: with so little covered, calling the country "low" would be read as safety. What nobody tells of again fades,
# month by month. And the page:

# %%
page = atrisk.write_report(room / "chad.html", case, framework, draws=200)
print(
    page.name,
    "has",
    "passages"
    if "shots were fired at villagers" in page.read_text(encoding="utf-8")
    else "nothing",
)
