# %% [markdown]
# # Reading a deal
#
# **Question.** What do Korea and Japan pay for lower duties, does it pay for itself, and on which
# assumptions does the sign of the answer hang?

# %%
import exposure as ex

world = ex.load()
deals = ex.deal(world, "korea-350", "japan-550", draws=30)
deals["bargains"][["bargain", "title", "question"]]

# %% [markdown]
# A deal is two laws in one world: the law instead of it, and the law under it. What lies between
# them is taken draw by draw.

# %%
summary = deals["deal_summary"].set_index(["metric", "deal"])
wanted = ["rate_instead", "rate_under", "duty_saved_usd", "home_gain_usd", "annual_cost_usd"]
summary.loc[wanted, ["unit", "low", "central", "high"]]

# %% [markdown]
# Duty saved is not the country's gain: American buyers keep most of it. So each benefit is told
# in two readings, which are never added.

# %%
for deal in ("korea-350", "japan-550"):
    kept = summary.loc[("home_gain_usd", deal), "central"]
    saved = summary.loc[("duty_saved_usd", deal), "central"]
    assert kept < saved
    print(f"{deal}: the country keeps {kept / saved:.0%} of the duty that is saved")

# %% [markdown]
# ## Payments first, relief later
#
# The running sum of what comes in less what is paid, in present value. The band is the range of
# the draws.

# %%
import matplotlib.pyplot as plt

years = deals["deal_years"]
_, axes = plt.subplots(figsize=(8, 4))
for colour, (metric, name) in zip(
    ("#4477aa", "#cc6677"),
    (("cumulative_duty_usd", "duty saved"), ("cumulative_gain_usd", "gain at home")),
    strict=True,
):
    one = years[(years["deal"] == "korea-350") & (years["metric"] == metric)]
    axes.plot(one["year"], one["central"] / 1e9, color=colour, label=name)
    axes.fill_between(one["year"], one["low"] / 1e9, one["high"] / 1e9, color=colour, alpha=0.2)
axes.axhline(0, color="#777777", linewidth=0.8)
axes.legend()
_ = axes.set(xlabel="Year", ylabel="Running sum [USD billion of the first year]", title="Korea")

# %% [markdown]
# ## The sign hangs on assumptions
#
# In which part of the draws is the deal worth more than it costs? And which part of the dollars
# paid would have to come back?

# %%
signs = ["npv_duty_positive_share", "npv_gain_positive_share"]
needed = ["return_needed_duty", "return_needed_gain"]
summary.loc[signs + needed, ["low", "central", "high"]]

# %%
korea = summary.xs("korea-350", level="deal")
assert korea.loc["npv_duty_usd", "central"] > 0 > korea.loc["npv_gain_usd", "central"]
print("Counted in duty saved Korea's deal pays, counted in gain at home it does not.")
print(f"It would, if {korea.loc['return_needed_gain', 'central']:.0%} of the dollars came back.")

# %% [markdown]
# ## Which firms, and who keeps it

# %%
firms = deals["deal_firms"]
firms = firms[firms["deal"] == "korea-350"]
firms = firms.nlargest(6, "duty_saved_usd_central").set_index("title")
firms.filter(like="_usd_central").div(1e6).round(0)

# %% [markdown]
# ## Sources that contradict one another
#
# Where sources state a figure differently, the model is run with each statement. Here the customs
# value of one car, and the duty that follows.

# %%
said = ex.conflicts(world, topic="gm-korea-value", draws=0)
said[["statement", "stated", "stated_by", "metric", "central"]]

# %%
ratio = said["central"].max() / said["central"].min()
assert ratio > 1
print(f"The largest duty is {ratio:.2f} times the smallest.")

# %% [markdown]
# ## What to distrust
#
# * Nobody knows how much of the money is paid and comes back. These ranges are ours (grade D),
#   and they decide the sign.
# * What the law would be without a deal is not known. The letters that threatened higher rates
#   stand for it.
# * No security, no orders to the investor's own firms, no certainty is counted.
#
# ## Read on
#
# [Deals](../docs/deals.md), [conflicting figures](../docs/conflicts.md), [whose doing a change
# is](../docs/attribution.md).
