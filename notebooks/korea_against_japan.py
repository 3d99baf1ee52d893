# %% [markdown]
# # Korea against Japan
#
# **Question.** If cars from Korea pay 25 % and cars from Japan 15 %, who gains, and at which
# rates are the two really level?

# %%
import exposure as ex

world = ex.load()
KOREAN, JAPANESE = "hyundai-cars", "toyota-rav4"
result = ex.compare(
    world, "korea-25-japan-15", products=[KOREAN, JAPANESE], by=("measure",), draws=20
)
result.table("scenarios")[["scenario", "title", "baseline_on", "law_on"]]

# %% [markdown]
# One scenario alone is compared with its baseline: the law of the same day, under which both
# countries pay the same. So nothing else differs.

# %%
crossings = result.table("crossings")
last = crossings[(crossings["part"] == "assembly") & (crossings["importer"] == "USA")]
rates = last.drop_duplicates(["case", "origin"])
rates.pivot(index="origin", columns="case", values="duty_rate_central").loc[["KOR", "JPN"]]

# %%
at = rates.set_index(["case", "origin"])["duty_rate_central"].round(9)
assert at["baseline", "KOR"] == at["baseline", "JPN"] == at["scenario", "JPN"] == 0.15
assert at["scenario", "KOR"] == 0.25

# %%
axes = result.plot.headlines()

# %% [markdown]
# ## The gap between the two
#
# A gap is the number of the first product less that of its rival. It is taken draw by draw, so
# that its range is that of the gap.

# %%
gaps = result.table("rivals")
gaps[["product", "rival", "metric", "unit", "low", "median", "high"]]

# %% [markdown]
# Whose doing is the change of the Korean car's duty? The parts add up to the whole.

# %%
parts = result.table("attribution").query(
    "product == @KOREAN and metric == 'duty_usd_per_unit' and by == 'measure'"
)
parts[["title", "part_low", "part_central", "part_high", "total"]]

# %% [markdown]
# ## Who gains in the market
#
# `ex.market` asks all sellers of cars to Americans, not only the makers in our product files.
# What Korea loses goes mostly to those who sell most already.

# %%
sellers = ex.market(world, "korea-25-japan-15", "us-cars", draws=20)["market_origins"]
change = sellers.set_index("exporter")[["change_usd_low", "change_usd_central", "change_usd_high"]]
change = (change / 1e9).sort_values("change_usd_central")
middle = change["change_usd_central"]
axes = middle.plot.barh(figsize=(8, 4), color="#4477aa")
reach = [middle - change["change_usd_low"], change["change_usd_high"] - middle]
axes.errorbar(middle, range(len(middle)), xerr=reach, fmt="none", ecolor="#777777", capsize=3)
axes.axvline(0, color="#777777", linewidth=0.8)
_ = axes.set(
    xlabel="Change of sales to Americans, central [USD billion a year]; whiskers: range of draws",
    ylabel="",
    title="Cars, Korea at the higher rate",
)

# %%
won = middle.drop("KOR")
print(f"Korea: {middle['KOR']:.1f} bn USD. Japan wins {won['JPN'] / -middle['KOR']:.0%} of it,")
print(f"makers in the United States {won['USA'] / -middle['KOR']:.0%}.")
assert won["USA"] > won["JPN"] > 0

# %% [markdown]
# ## Level terms
#
# Level in what? With equal rates both owe the same at the border. But Korea came from nothing
# under its trade agreement, and Japan did not. A solve finds the exact rate on Korea for either
# meaning.

# %%
import pandas as pd

names = {"korea-japan-level": "the same duty", "korea-japan-change": "the same rise of cost"}
found = {name: ex.solve(world, name, draws=20) for name in names}
table = pd.concat([solved.table("solutions") for solved in found.values()])
crossing = table[table["kind"] == "crossing"].set_index("solve")
crossing[["value", "low", "high", "left", "right"]]

# %%
by_hand = 1.15 / 1.025 - 1  # Japan rose from its ordinary 2.5 % to 15 % all in
assert crossing.loc["korea-japan-level", "value"].round(9) == 0.15
assert abs(crossing.loc["korea-japan-change", "value"] - by_hand) < 0.002
for name, words in names.items():
    print(f"{words}: Korea at {crossing.loc[name, 'value']:.2%}")
print(f"by hand, without freight: {by_hand:.2%}")

# %%
curve = found["korea-japan-change"].table("curve").set_index("korea_rate") * 100
curve.index = curve.index * 100
curve = curve[curve.index > 0]  # at a rate of exactly 0 other duties of the day come in
axes = curve.rename(columns=lambda name: name.rsplit("/", 1)[0]).plot(figsize=(8, 3.5))
axes.axvline(100 * crossing.loc["korea-japan-change", "value"], color="#777777", linestyle=":")
_ = axes.set(
    xlabel="All-in rate on cars from Korea [per cent]",
    ylabel="Change of landed cost [per cent]",
    title="Where both have lost the same",
)

# %% [markdown]
# ## What to distrust
#
# * The two cars of this page stand for their countries; a firm with plants in the United States
#   loses less. Other makers are in the market only by country.
# * How much of a duty reaches the buyer drives all volumes, and it is the least certain input.
# * Few draws make rough ranges.
#
# ## Read on
#
# [Whose doing it is](../docs/attribution.md), [markets](../docs/markets.md), [where two things
# are equal](../docs/parity.md).
