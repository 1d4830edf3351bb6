# %% [markdown]
# # Gallery
#
# Every figure that a report shows, of one case, with how to read it and what it does not show. `atrisk figures CASE --out DIR` writes them as SVG and PNG.

# %%
import atrisk

case = atrisk.load_case("car-2012-2015")
framework = atrisk.load_framework("un-foa-2014")
brief = atrisk.prepare_brief(case, framework, draws=200)
figures = {figure.id: figure for figure in atrisk.list_figures(brief)}
print(*(f"{figure.id}: {figure.title}" for figure in figures.values()), sep="\n")

# %% [markdown]
# ## How high, and when

# %%
print(figures["risk"].caption)
figures["risk"].plot()

# %%
print(figures["movement"].caption)
figures["movement"].plot()

# %%
print(figures["factors"].caption)
figures["factors"].plot()

# %% [markdown]
# A figure that would say nothing is not drawn, and tells why:

# %%
print(figures["crimes"].title, "-", figures["crimes"].missing)

# %%
print(figures["coverage"].caption)
figures["coverage"].plot()

# %%
print(figures["hindsight"].caption)
figures["hindsight"].plot()

# %% [markdown]
# ## Warnings and responses

# %%
print(figures["timeline"].caption)
figures["timeline"].plot()

# %%
print(figures["gap"].caption)
figures["gap"].plot()

# %%
print(figures["need"].caption)
figures["need"].plot()

# %%
print(figures["promises"].caption)
figures["promises"].plot()

# %%
print(figures["waiting"].caption)
figures["waiting"].plot()

# %% [markdown]
# ## What else it could be

# %%
print(figures["scenarios"].caption)
figures["scenarios"].plot()

# %%
print(figures["judgements"].caption)
figures["judgements"].plot()

# %%
print(figures["reading"].caption)
figures["reading"].plot()
