# %% [markdown]
# # Sweeps and sensitivity
#
# **Question.** Over a whole range of a duty and of what importers pass on, what happens to a
# maker of cars, and which of the two matters more?
#
# A sweep is many scenarios in one file. Every row is what a single run would give.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import exposure as ex

world = ex.load()
folder = TemporaryDirectory()
document = Path(folder.name) / "mine.yaml"
document.write_text(
    """
id: mine
title: Car duty on Korea and pass-through
scenario: law-today
products: [hyundai-cars]
dimensions:
  - {name: korea_rate, action: s232-autos, clause: korea, range: {from: 0.05, to: 0.35, steps: 13}}
  - {name: pass_through, parameter: pass_through, values: [0, 0.2, 0.4, 0.6, 0.8]}
outputs: [duty_bill_usd, volume_change_share, operating_profit_change_usd]
""",
    encoding="utf-8",
)
table = ex.sweep(world, document, Path(folder.name) / "out", workers=1)
print(f"{len(table)} scenarios, {len(table.quarantine)} failed")
table.titles

# %% [markdown]
# A finished sweep lies in Parquet files. Only what is asked for is read.

# %%
BILL, VOLUME, PROFIT = table.outputs
table.frame(["korea_rate", "pass_through", VOLUME], where={"korea_rate": (0.14, 0.16)})

# %% [markdown]
# ## A map

# %%
_ = table.plot.heat("korea_rate", "pass_through", VOLUME)

# %% [markdown]
# Along the duty alone: the median over all values of the other input, and their spread.

# %%
axes = table.plot.line("korea_rate", PROFIT)

# %% [markdown]
# A higher rate brings more revenue until sales fall faster than the rate rises. With full sales
# the bill would be a straight line.

# %%
frame = table.frame()
bills = frame.pivot(index="korea_rate", columns="pass_through", values=BILL) / 1e9
axes = bills.plot(figsize=(8, 4))
_ = axes.set(xlabel="Rate on cars from Korea [fraction]", ylabel="Duty bill [USD billion a year]")

# %% [markdown]
# ## What moves it
#
# `tornado` moves one input over its range while the other stays in the middle.

# %%
from exposure.sweeps.analysis import flip, tornado

swing = tornado(frame, list(table.inputs), VOLUME)
print(swing.to_string())
assert swing.iloc[0]["input"] == "pass_through"

# %% [markdown]
# At which rate do volumes fall by a fifth, for each pass-through?

# %%
flip(frame, ["korea_rate", "pass_through"], VOLUME, threshold=-0.2)

# %% [markdown]
# ## The same question to a run
#
# A run asks all its uncertain inputs at once. `total_share` is the part of the variance that goes
# with an input.

# %%
result = ex.run(
    world, "law-today", products=["hyundai-cars"], draws=30, by_quarter=False, by_sector=False
)
drivers = result.table("drivers").query("metric == 'volume_change_share'")
drivers[["rank", "title", "total_share", "low", "high", "metric_at_low", "metric_at_high"]]

# %%
assert "pass-through" in drivers["title"].iloc[0]
folder.cleanup()

# %% [markdown]
# ## What to distrust
#
# * A grid gives each value the same weight. It says what would happen, not how likely it is.
# * `tornado` moves one input at a time and sees no interplay; the shares of variance of a run do.
# * Far from today's rate the elasticities are stretched: they were found for small changes.
#
# ## Read on
#
# [Sweeps](../docs/sweeps.md), [how sure a number is](../docs/response.md), [many
# machines](../docs/scale.md).
