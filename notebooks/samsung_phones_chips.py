# %% [markdown]
# # Samsung's phones and the chips inside them
#
# **Question.** Which hurts Samsung's phones more, Vietnam's rate on the whole phone or a duty
# on the chips inside, and who would make the phones then?
#
# Samsung puts its phones for the United States together in Vietnam, India, Korea and Brazil; the
# chips come from Korea, China, Taiwan and elsewhere. Electronics were exempt from the country
# rates. Both duties here are hypotheses.

# %%
import exposure as ex

world = ex.load()
PHONE = "samsung-galaxy-s"
quick = {"products": [PHONE], "by_quarter": False, "by_sector": False}
on_phones = ex.run(world, "vietnam-20-phones", draws=30, **quick)
on_phones.table("scenarios")[["scenario", "title", "question"]]

# %% [markdown]
# ## The rate on the phone
#
# The duty falls on Vietnam alone. The other routes cost what they did before.

# %%
axes = on_phones.plot.landed_cost(PHONE)

# %% [markdown]
# Here buyers and Samsung's plants answer by elasticity, as in a first year. In a second scenario
# Samsung fills its plants by cost: the upper end of what can move. Millions of phones, central
# values.

# %%
planned = ex.run(world, "vietnam-20-phones-planned", draws=0, **quick)
first, second = (one.table("volumes").set_index("route_title") for one in (on_phones, planned))
millions = first[["units_baseline"]].assign(
    by_elasticity=first["units_central"], by_cost=second["units_central"]
)
(millions / 1e6).round(2)

# %% [markdown]
# ## The duty on the chips
#
# The same rate on the chips inside a phone, in two forms: all chips by where they are made, and
# with chips of Korean firms exempt wherever made. Here for the phone from Vietnam, in USD a
# phone.

# %%
on_chips = ex.run(world, "chip-duty-by-origin", "chip-duty-korean-firms-exempt", draws=30, **quick)
lines = on_chips.table("duty_lines").query("case == 'scenario' and duty_usd_per_unit > 0")
lines[lines["route"] == "vietnam"][["scenario", "title", "rate", "base_share", "duty_usd_per_unit"]]

# %% [markdown]
# All of it is the duty that is only asked, and it follows the chip, not the place of assembly:
# moving the last step does not avoid it.

# %%
assert set(lines["component"]) == {"hypothesis"}
axes = on_chips.plot.duty_by_measure(PHONE)

# %% [markdown]
# Where is the phone's value made, and by whose firms? A view adds up to one.

# %%
views = on_chips.table("content_views").query("route == 'vietnam'")
shares = views.pivot_table(index="key", columns="view", values="share_central")
countries = shares[["country", "maker"]].dropna(how="all").fillna(0.0)
assert abs(countries.sum() - 1).max() < 1e-9
axes = countries.sort_values("country").plot.barh(figsize=(8, 4))
_ = axes.set(xlabel="Share of value added, central [fraction]", ylabel="", title="Galaxy S")

# %% [markdown]
# ## Side by side
#
# Duty a phone, as a mean of the routes of the baseline.

# %%
import pandas as pd

both = pd.concat([on_phones.table("headline"), on_chips.table("headline")])
duty = both.query("metric == 'duty_usd_per_unit'").set_index("scenario")
duty[["low", "median", "high"]].round(1)

# %% [markdown]
# At which rate on the chips do both cost a phone the same? The answer is exact at central inputs,
# and has a range from the draws.

# %%
solved = ex.solve(world, "phone-or-chips", draws=30)
found = solved.table("solutions")
found[["variable", "value", "left", "right", "low", "median", "high"]]

# %%
chips, phone = duty.loc["chip-duty-by-origin", "median"], duty.loc["vietnam-20-phones", "median"]
print(f"At 25 % the chips cost {chips:.0f} USD a phone, Vietnam's 20 % cost {phone:.0f} USD.")
assert chips < phone
for run in (on_phones, on_chips):
    before = run.table("landed_cost").query("case == 'baseline'")
    assert (before["duty_usd_per_unit"] == 0).all()
assert found["value"].iloc[0] > 0.25

# %% [markdown]
# ## What to distrust
#
# * The two runs stand on two days of the law, for the country rates are void on the later one.
#   Phones paid nothing on both days, so that the duties can be put side by side.
# * Nobody outside knows the worth of each chip in a phone; teardowns are estimates (grades C and
#   D).
# * A duty on content needs a rule for what a chip is worth and where it is made. There is no such
#   rule yet. Ours counts where the wafer is worked.
#
# ## Read on
#
# [The law engine](../docs/law-engine.md), [what is encoded of the law](../docs/law.md), [fifty
# questions](../docs/questions.md), [where two things are equal](../docs/parity.md).
