# %% [markdown]
# # A sensitivity study
#
# A score is one of many that could be defended. This asks, for CAR, what else it could be, and what the first alarm hangs on.

# %%
import atrisk

case = atrisk.load_case("car-2012-2015")
framework = atrisk.load_framework("un-foa-2014")
assessment = atrisk.assess(case, framework)

# %% [markdown]
# ## Draws of what may be wrong
#
# Truth of claims, severities, dates, half-lives, weights and the method's own branches, all at once. The mean of the draws lies above
# the score, because several of the ways to join indicators are convex; the band matters, not its middle.

# %%
ensemble = atrisk.run_ensemble(case, framework, draws=1000, seed=7)
share, low, high = ensemble.spread()
for month in ("2012-06", "2013-04", "2013-12", "2015-08"):
    place = assessment.place(month)
    print(
        f"{month}: {assessment.overall[place]:.2f}, {share:.0%} of the draws in {low[place]:.2f}-{high[place]:.2f}, "
        f"{ensemble.alarm_probability[place]:.0%} of them in alarm"
    )

# %% [markdown]
# ## Every method there is

# %%
tree = atrisk.explore_methods(
    case, framework, branches=["factor_aggregation", "crime_aggregation", "weights"]
)
tree

# %%
tree.to_frame("branches")[
    ["branch", "option", "mean_score", "earliest_alarm", "share_ever_in_alarm"]
]

# %% [markdown]
# ## Could any weights avoid the alarm?

# %%
bounds = atrisk.bound_weights(assessment)
print(
    "some admissible weighting avoids it"
    if bounds.avoidable
    else "no admissible weighting avoids it"
)

# %% [markdown]
# ## The least that moves it

# %%
flip = atrisk.flip_evidence(assessment, "later")
rows = {item.id: item for item in case.evidence}
print(
    f"without {', '.join(flip.evidence)} the first alarm comes in {flip.after} instead of {flip.before}"
)
for name in flip.evidence:
    print(rows[name].summary)

# %% [markdown]
# ## Scenarios

# %%
atrisk.run_scenarios(case, framework)
