# %% [markdown]
# # Sectors and jobs
#
# **Question.** Which industries and plants bear today's duties, and what do three kinds of job
# numbers say that must never be added?

# %%
import exposure as ex

world = ex.load()
result = ex.run(world, "law-today", products=["gm-korea-suv"], draws=20, by_quarter=False)
result.table("scenarios")[["scenario", "title", "baseline_on", "law_on"]]

# %% [markdown]
# The same law is laid on every line that the United States imports. Mean rates by origin and
# industry move costs, sales, output and jobs in a table of countries and industries.
#
# ## What Korea's industries pay

# %%
boards = result.table("boards").query("country == 'KOR'")
columns = ["title", "exports_usd", "known_share", "rate_before", "rate_after", "duty_change_usd"]
boards[columns].head(8)

# %% [markdown]
# A board adds up to all exports. `known_share` is the part of a good's trade whose rate is known;
# where less than half is known, the row is empty and not 0.

# %%
axes = (boards.dropna(subset=["duty_change_usd"]).head(10).set_index("title")["duty_change_usd"]
        / 1e9).sort_values().plot.barh(figsize=(8, 4), color="#4477aa")  # fmt: skip
_ = axes.set(
    xlabel="Change of duty at unchanged trade [USD billion a year]", ylabel="", title="Korea"
)

# %% [markdown]
# ## Costs at home
#
# Duties on inputs make American industries dearer too: directly, and by all that suppliers pass
# on.

# %%
costs = result.table("sector_costs").query("country == 'USA'")
costs = costs.set_index("industry")[["direct_central", "total_central"]].mul(100)
top = costs.sort_values("total_central").tail(8)
axes = top.plot.barh(figsize=(8, 4))
_ = axes.set(xlabel="Rise of unit cost, central [per cent]", ylabel="", title="United States")

# %% [markdown]
# ## Three kinds of jobs
#
# * **Exposed**: persons whose work is in what is sold to the United States. It is a size, not a
#   forecast.
# * **Predicted**: by how many persons jobs change, as sales change.
# * **Tail**: persons at stake at a plant, if it closes.
#
# They answer different questions. Nobody may add them.

# %%
jobs = result.table("job_numbers")
assert set(jobs["kind"]) == {"exposed", "predicted", "tail"}
jobs[jobs["level"].isin(["firm", "plant"]) & (jobs["country"] == "KOR")][
    ["level", "name", "kind", "part", "low", "central", "high"]
].round(0)

# %%
axes = result.plot.jobs()

# %% [markdown]
# Persons exposed are counted where they work: in the industry that exports, with its suppliers at
# home, and with those abroad. These three do add up.

# %%
sectors = result.table("sector_jobs").query("country == 'KOR'").set_index("industry")
kinds = ["exposed_direct_central", "exposed_home_central", "exposed_abroad_central"]
most = sectors.loc[sectors[kinds].sum(axis=1).nlargest(8).index[::-1], kinds].div(1e3)
axes = most.rename(columns={
    kinds[0]: "in what is exported", kinds[1]: "for exporters at home",
    kinds[2]: "for exporters abroad",
}).plot.barh(stacked=True, figsize=(8, 4))  # fmt: skip
_ = axes.set(xlabel="Jobs exposed, central [thousand persons]", ylabel="", title="Korea")

# %%
whole = sectors[kinds].sum(axis=1)
assert (whole <= sectors["jobs_central"]).all(), "more exposed than are at work"

# %% [markdown]
# ## Plants
#
# `coverage` is what the sales of a plant bring over variable cost, per dollar that closing would
# save. Below 1 it stops.

# %%
plants = result.table("plants").set_index("title")
plants[["coverage_before_central", "coverage_low", "coverage_central", "coverage_high"]]

# %%
plants[["jobs_central", "stops_share", "tail_plant_central", "tail_suppliers_central"]].round(2)

# %%
stops = plants["coverage_central"] < 1
print(f"{int(stops.sum())} of {len(plants)} plants do not cover at central values;")
print(
    f"in {plants['stops_share'].min():.0%} to {plants['stops_share'].max():.0%} of draws they stop."
)

# %% [markdown]
# ## Beside what others say

# %%
stated = result.table("stated_jobs")
stated[["country", "level", "name", "kind", "stated", "central", "exposed", "predicted"]]

# %% [markdown]
# ## What to distrust
#
# * The table of industries is an estimate, on an older technology. Own tables can be put
#   in its place.
# * Where a country's employment is not known, jobs are empty. They are not 0.
# * What a plant needs to cover is our assumption (grade D), so that a plant that stops here is a
#   warning and no news.
#
# ## Read on
#
# [Industries, plants and workers](../docs/sectors.md), [questions](../docs/questions.md), [the
# tables of a result](../docs/result-tables.md).
