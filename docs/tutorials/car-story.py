# %% [markdown]
# # The story of CAR, 2012-2015
#
# What was on record month by month, when an alarm could have been raised, who had warned by then, and how long the answer took.
# Everything here rests on two documents; a score is how grave the situation was, as far as the record tells, not a probability.

# %%
import textwrap

import atrisk

case = atrisk.load_case("car-2012-2015")
framework = atrisk.load_framework("un-foa-2014")
case

# %% [markdown]
# ## Month by month, with what was then known

# %%
assessment = atrisk.assess(case, framework)
assessment.to_frame()[["month", "band", "score", "low", "high", "coverage"]].iloc[::6]

# %% [markdown]
# `low` sets what nobody looked at to none, `high` to its worst. Coverage is the share of indicators on which evidence is current.
# A number opens to its evidence:

# %%
for row in assessment.explain("2013-12", factor="11")[:3]:
    print(f"{row['contribution']:.3f}  {row['evidence']}: {row['summary']}")
    print(f"       “{row['quote']}” {row['source']}, {row['locator']}, grade {row['grade']}")

# %% [markdown]
# ## The first alarm

# %%
flags = atrisk.raise_flags(assessment)
alarm = flags.alarms[0]
print(alarm.onset, alarm.reason)
warned = [
    w for w in case.warnings if w.date.latest and w.date.latest.isoformat()[:7] <= alarm.onset
]
[f"{w.date} {w.issuer} to {w.addressee} ({w.audience})" for w in warned]

# %% [markdown]
# ## How long warnings waited

# %%
gap = atrisk.measure_gap(case, assessment)
print(textwrap.fill(gap.describe(), 62))

# %% [markdown]
# Under other rules of what an answer is:

# %%
for row in atrisk.compare_rules(case, assessment):
    median = "not reached" if row["median_days"] is None else f"{row['median_days']} days"
    answered = f"{row['answered']:2} of {row['warnings']} answered"
    print(f"{row['rule']:22} {answered}, median {median}")

# %% [markdown]
# ## What hindsight adds

# %%
hindsight = atrisk.assess(case, framework, knowledge="retrospective")
added = hindsight.overall - assessment.overall
place = int(added.argmax())
print("most in", assessment.months[place])
print(f"{assessment.overall[place]:.2f} then, {hindsight.overall[place]:.2f} now")

# %% [markdown]
# ## One figure

# %%
brief = atrisk.prepare_brief(case, framework)
atrisk.plot_figure(brief, "timeline")
