# %% [markdown]
# # First steps
#
# **Question.** How do I load the data, run a what-if, read its tables, draw them, and ask why a
# number is what it is?
#
# Everything here runs offline, on data that come with the package.

# %%
import exposure as ex

world = ex.load()  # tables of law, firms and industries, checked and frozen
world

# %% [markdown]
# A scenario is a file with a question. This one asks what happens if cars from Mexico lose the
# relief of the agreement with the United States, Mexico and Canada (USMCA). We run it for one
# product, with a few draws of everything that is uncertain.

# %%
result = ex.run(world, "usmca-cars-withdrawn", products=["kia-k4"], draws=50, by_sector=False)
result

# %% [markdown]
# The card shows the headline numbers. `low` and `high` are the ends of the range that holds most
# of the draws, and `median` is their middle. The card also names all tables of the result. Each
# is a plain DataFrame, and its columns know their units.

# %%
headline = result.table("headline")
assert (headline["low"] <= headline["high"]).all()
headline[["metric", "unit", "low", "median", "high"]]

# %%
cost = result.table("landed_cost")
{column: unit for column, unit in cost.attrs["units"].items() if column.startswith("landed")}

# %% [markdown]
# Pictures are drawn from the tables. Landed cost is what a car costs on arrival: value added,
# freight, and the duties of all borders on the way.

# %%
axes = result.plot.landed_cost("kia-k4")

# %%
axes = result.plot.headlines()

# %% [markdown]
# Which inputs move the change of volume most, and what would turn it? `total_share` is the part
# of the variance that goes with an input.

# %%
drivers = result.table("drivers").query("metric == 'volume_change_share'")
drivers[["rank", "title", "total_share", "low", "high", "metric_at_low", "metric_at_high"]]

# %%
turns = result.table("conclusions").query("metric == 'volume_change_share'")
turns[["statement", "holds_share", "flip", "flip_title", "flip_side", "flip_value", "flip_within"]]

# %% [markdown]
# Why is the duty what it is? A trace goes down to the clauses of the law and their sources. These
# are its first lines.

# %%
trace = ex.explain(result, "duty", product="kia-k4", route="pesqueria")
print("\n".join(str(trace).splitlines()[:8]))

# %% [markdown]
# When does a change of duty at the border reach profit and loss? Goods in stock are sold first.

# %%
ex.timing(world, "kia-cars", "korea", "2025-09-01", "2026-02-28").head()

# %% [markdown]
# What would Americans buy instead, if all cars of Mexico paid on their whole value? Sales are in
# USD a year.

# %%
market = ex.market(world, "usmca-cars-withdrawn", "us-cars", draws=50)["market_origins"]
market[["exporter", "rate_before", "rate_after", "change_usd_low", "change_usd_central"]]

# %% [markdown]
# ## What to distrust
#
# * The parts list of this car is ours, grade D: no such list is public.
#   `result.table("assumptions")` has the grade and source of every input.
# * The range says how much hangs on what we do not know. It does not say that the model is right.
# * We used few draws to be quick. Use the default for figures that you quote.
#
# ## Read on
#
# [The tables of a result](../docs/result-tables.md), [who pays and what is bought
# instead](../docs/response.md), [how far off the model was](../docs/backtest.md). The next
# notebook: [the Kia K4 and the agreement](kia_k4_usmca.ipynb).
