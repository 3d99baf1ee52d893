# %% [markdown]
# # Estimating an elasticity
#
# **Question.** What can a year of Korean car exports tell us about the response to a duty, and
# does our estimate agree with one made by hand in statsmodels?

# %%
import exposure as ex

estimated = ex.estimate("korean-cars-2025")
print(estimated.document.question)
estimated.table()

# %% [markdown]
# An estimation is a document: a table, an outcome, regressors, how errors are made, and what it
# informs. The slope of `ln(1 + rate)` is an elasticity of exports to the price with duty.

# %%
document = estimated.document
print("model:", document.model, "| errors:", document.errors, "| source:", document.source)
print(document.note)

# %% [markdown]
# ## By hand

# %%
import numpy as np
import pandas as pd
import statsmodels.api as sm

table = pd.read_csv(ex.load().root / "raw" / "outcomes" / "korean_cars.csv")
y = np.log(table["exports_usd_bn"])
x = sm.add_constant(np.log1p(table["rate"]))
fit = sm.OLS(y, x).fit(cov_type="HC1")
slope, error = fit.params.iloc[1], fit.bse.iloc[1]
print(f"by hand {slope:.6f} ({error:.6f})")

ours = estimated.estimate.headline
print(f"here    {ours.value:.6f} ({ours.error:.6f})")
assert abs(slope - ours.value) < 1e-10
assert abs(error - ours.error) < 1e-10

# %%
import matplotlib.pyplot as plt

_, axes = plt.subplots(figsize=(7, 4))
axes.scatter(100 * table["rate"], table["exports_usd_bn"], color="#4477aa")
grid = np.linspace(0, table["rate"].max(), 50)
line = np.exp(fit.params.iloc[0] + slope * np.log1p(grid))
axes.plot(100 * grid, line, color="#cc6677")
_ = axes.set(
    xlabel="Duty [per cent]", ylabel="Exports [USD billion a month]", title="Thirteen months"
)
assert len(table) == 13

# %% [markdown]
# ## The verdict
#
# A slope with a small error can still say nothing. Rules look at what identifies it.

# %%
print(estimated.verdict)
for reason in estimated.estimate.reasons:
    print("-", reason)
assert estimated.verdict == "not identified"

# %%
low, high = ours.low, ours.high
assert low < 0 < high
print(f"The interval runs from {low:.2f} to {high:.2f}: it holds a fall and a rise.")

# %% [markdown]
# What would go into the register of parameters bears the grade of the verdict. It is never
# written there by itself.

# %%
pd.Series(estimated.parameter_row())

# %% [markdown]
# ## A better comparison
#
# Imports that claim the USMCA against other imports of the same goods, country and month. This
# one has a control group. It is a Poisson regression (PPML) with fixed effects; in statsmodels
# the effects are columns of dummies.

# %%
claims = ex.estimate("usmca-claims-event")
events = claims.table()
events[["term", "estimate", "standard_error", "low", "high"]]

# %%
data = pd.read_csv(ex.load().root / "raw" / "outcomes" / "usmca_claims.csv")
for column, kept in claims.document.where.items():
    data = data[data[column].isin(kept)]
assert len(data) == claims.summary()["observations"].iloc[0]
month, group = data["month"], data["group"] + data["iso3"]
since = {
    f"event {name}": (month == at) * data["claimed"]
    for name, at in [
        ("-2", "2025-01"),
        ("+0", "2025-03"),
        ("+1", "2025-04"),
        ("+2", "2025-05"),
        ("+3", "2025-06"),
    ]
}
dummies = [pd.get_dummies(group + month), pd.get_dummies(group + data["claimed"].astype(str))]
design = pd.concat([pd.DataFrame(since), *dummies], axis=1).astype(float)
# Dummies of two kinds overlap: keep columns that add something, from left to right.
kept = np.abs(np.diag(np.linalg.qr(design.to_numpy())[1])) > 1e-9
poisson = sm.GLM(data["imports_usd"] / 1e6, design.loc[:, kept], family=sm.families.Poisson())
by_hand = poisson.fit().params[list(since)]
pd.DataFrame({"by hand": by_hand.to_numpy(), "here": events["estimate"].to_numpy()}, index=since)

# %%
assert np.abs(by_hand.to_numpy() - events["estimate"].to_numpy()).max() < 1e-6
print(claims.verdict)
for reason in claims.estimate.reasons:
    print("-", reason)

# %%
_, axes = plt.subplots(figsize=(7, 3.5))
reach = [events["estimate"] - events["low"], events["high"] - events["estimate"]]
axes.errorbar(events["event_time"], events["estimate"], yerr=reach, fmt="o", capsize=3)
axes.axhline(0, color="#777777", linewidth=0.8)
_ = axes.set(
    xlabel="Months since March 2025",
    ylabel="Effect [log points]",
    title="Claimed against other imports",
)
assert claims.document.event.on == "2025-03"

# %% [markdown]
# ## What to distrust
#
# * The first estimate: one exporter, a few rates, and a new plant in the same year. The rules say
#   so, and so should you.
# * The second is a move from one column of a form to another, more than new trade.
# * No rule sees whether the comparison is the right one.
#
# ## Read on
#
# [Estimation](../docs/estimation.md), [what is bought instead](../docs/response.md).
