# %% [markdown]
# # The law on any day
#
# **Question.** What did a line of the tariff pay on a day, what did one know of it on that day,
# and what changed between two days?

# %%
import exposure as ex

world = ex.load()
car = ex.rate(world, "8703.23.01", "KOR", "2025-12-05", claim="korus")
car.table[["mfn", "s232", "ieepa_reciprocal", "total", "status"]]

# %% [markdown]
# A rate is a stack of components. An empty cell says that a component has no word on this good; 0
# says that it was looked at and nothing is owed. The lines give the clause of each, and its
# source.

# %%
car.lines[["component", "clause", "status", "rate", "duty_rate", "source"]]

# %%
assert round(float(car.total[0]), 9) == 0.15
print(f"All together {car.total[0]:.1%} of customs value.")

# %% [markdown]
# ## Two clocks
#
# The order that lowered the rate on Korea came after the day from which it holds. So the answer
# for an entry hangs on the day from which we look. Without `known` we look with hindsight.

# %%
ON = "2025-11-05"
for known in ("2025-11-05", "2025-12-31"):
    seen = ex.rate(world, "8703.23.01", "KOR", ON, known=known, claim="korus")
    print(f"entry of {ON} as known on {known}: {seen.total[0]:.1%}")

# %% [markdown]
# ## Some lines, every day
#
# A table of crossings is rated at once. Here are four goods on each day of two years.

# %%
import pandas as pd

goods = {
    "Car, Korea": ("8703.23.01", "KOR", {"claim": "korus"}),
    "Car, Japan": ("8703.23.01", "JPN", {}),
    "Phone, China": ("8517.13.00", "CHN", {}),
    "Memory chip, Korea": ("8542.32.00", "KOR", {}),
}
days = pd.date_range("2025-01-01", "2026-11-23", freq="D").strftime("%Y-%m-%d")
asked = pd.DataFrame(
    [
        {"good": good, "hts": hts, "origin": origin, "on": day, "facts": facts}
        for good, (hts, origin, facts) in goods.items()
        for day in days
    ]
)
asked["total"] = ex.rates(world, asked).total
assert asked["total"].notna().all()
wide = asked.pivot(index="on", columns="good", values="total") * 100
wide.index = pd.to_datetime(wide.index)
axes = wide.plot(figsize=(9, 4), drawstyle="steps-post")
_ = axes.set(xlabel="Day of entry", ylabel="Duty [per cent of customs value]", title="Four goods")

# %% [markdown]
# The days on which one of them changed, and to what:

# %%
moved = wide[wide.diff().abs().gt(1e-9).any(axis=1)]
moved.round(2)

# %% [markdown]
# ## All lines between two days
#
# A panel has every line of the schedule from every country. We take two of them and look at one
# country: which lines changed, and by how many points?

# %%
DAYS = ("2025-11-13", "2026-11-23")
frames = []
for day in DAYS:
    panel = ex.panel(world, day)
    place = list(panel.origin).index("KOR")
    frames.append(panel.frame(slice(place, place + 1)).set_index("hts")["total"].astype(float))
print(f"{len(panel.hts):,} lines from {len(panel.origin)} countries")
both = pd.concat(frames, axis=1, keys=DAYS)
points = (both[DAYS[1]] - both[DAYS[0]]) * 100
changed = points[points.abs() > 1e-9]
print(f"{both.isna().any(axis=1).sum():,} lines have no known total on one of the days,")
print(f"{len(changed):,} changed, {(changed < 0).sum():,} of them fell.")

# %%
axes = changed.plot.hist(bins=40, figsize=(8, 3), color="#4477aa")
_ = axes.set(xlabel="Change of the rate [points]", ylabel="Lines", title="Goods of Korea")

# %% [markdown]
# ## What to distrust
#
# * A total can be unknown: where a rule is not encoded for a good, the answer is empty and never
#   0. `at_least` is what is certainly owed.
# * `provisional` marks what rests on a list that is known from a proposal only.
# * The panel is asked without facts of a shipment. Where a duty is on the metal inside a good, it
#   then falls on the whole value, once for each metal: see the far ends of the picture.
# * Lines are not weighted by trade here. A change of many small lines may be less than that of
#   one large line.
#
# ## Read on
#
# [How the law is read](../docs/law-engine.md), [what of the law is encoded](../docs/law.md),
# [beside another engine](../docs/second-engine.md).
