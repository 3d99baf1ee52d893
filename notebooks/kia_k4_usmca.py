# %% [markdown]
# # The Kia K4 and the USMCA
#
# **Question.** Does a Kia K4 from Mexico qualify under the agreement, what is the claim worth,
# and is 25 % on what is not American more than 15 % on the whole car?
#
# The USMCA is the agreement between the United States, Mexico and Canada. Under today's law a car
# that qualifies pays the car duty on its non-American part alone.

# %%
import exposure as ex

world = ex.load()
CAR, ROUTE = "kia-k4", "pesqueria"
result = ex.run(
    world,
    "usmca-cars-withdrawn",
    "mexico-cars-15",
    products=[CAR],
    draws=50,
    by_quarter=False,
    by_sector=False,
)
result.table("scenarios")[["scenario", "title", "question"]]

# %% [markdown]
# ## Origin
#
# The rules of origin are tests on the parts list. `measured` is ours, `threshold` is the law's,
# and `slack_usd` is how far the car is above the line, in USD a car.

# %%
tests = result.table("origin_tests")
car = tests[
    (tests["scenario"] == "usmca-cars-withdrawn")
    & (tests["route"] == ROUTE)
    & (tests["part"] == "assembly")
    & (tests["importer"] == "USA")
]
car[["test", "measured_central", "threshold", "outcome", "held_share", "slack_usd"]]

# %%
assert (car["outcome"] == "met").all()
print(f"All tests are met at central values; in {car['originates_share'].iloc[0]:.0%} of draws.")
weakest = car.sort_values("held_share").iloc[0]
print(f"The test that fails most often: {weakest['test']}.")

# %% [markdown]
# What would make the car fail or pass? The cheapest set of parts that crosses the line is worked
# out.

# %%
changes = result.table("origin_changes").query(
    "scenario == 'usmca-cars-withdrawn' and route == @ROUTE"
)
changes[["test", "direction", "part_title", "country", "moved_usd", "needed_usd"]]

# %% [markdown]
# ## American content
#
# The share of each country in the car's customs value. The row `---` is duties and freight that
# were paid on the way.

# %%
content = result.table("content")
here = content[
    (content["scenario"] == "usmca-cars-withdrawn")
    & (content["case"] == "baseline")
    & (content["route"] == ROUTE)
].set_index("country")
here = here.sort_values("share_central")
middle = here["share_central"]
axes = middle.plot.barh(figsize=(8, 3.5), color="#4477aa")
reach = [middle - here["share_low"], here["share_high"] - middle]
axes.errorbar(middle, range(len(here)), xerr=reach, fmt="none", ecolor="#777777", capsize=3)
_ = axes.set(
    xlabel="Share of customs value, central [fraction]; whiskers: range of the draws",
    ylabel="",
    title="Where a K4 from Mexico is made",
)

# %% [markdown]
# ## What the claim is worth
#
# `claim_worth_usd` is what the claim saves a car. `us_content_point_usd` is what one more point
# of American content saves.

# %%
worth = result.table("origin_worth").query("route == @ROUTE and scenario == 'usmca-cars-withdrawn'")
worth[["case", "claim", "customs_value_usd", "claim_worth_usd", "us_content_point_usd"]]

# %% [markdown]
# ## 25 % on a part, or 15 % on all of it
#
# Both are rates times a base, so we can do it by hand. At which American content are they equal?

# %%
part, whole = 0.25, 0.15
american = float(here.loc["USA", "share_central"])
equal_at = 1 - whole / part
print(f"25 % on the rest is {part * (1 - american):.2%} of the car's value,")
print(f"and 15 % on all is {whole:.2%}.")
print(f"They are equal at an American content of {equal_at:.0%}; this car has {american:.1%}.")

# %%
duty = result.table("landed_cost").query("route == @ROUTE")
by_hand = {"baseline": part * (1 - american), "scenario": whole}
value = worth["customs_value_usd"].iloc[0]
for case, rate in by_hand.items():
    row = duty[(duty["scenario"] == "mexico-cars-15") & (duty["case"] == case)].iloc[0]
    # Fees and small duties on parts come on top.
    assert abs(row["duty_usd_per_unit"] - rate * value) < 5, case
    print(f"{case}: {row['duty_usd_per_unit']:,.0f} USD, by hand {rate * value:,.0f} USD")

# %%
axes = result.plot.landed_cost(CAR)

# %% [markdown]
# ## Against a car from Korea at 25 %
#
# If Korea's deal failed, would the car be built elsewhere? And at which rate on the non-American
# part does the K4 land cheaper from another plant?

# %%
korea = ex.run(
    world, "korea-25-japan-15", products=[CAR], draws=0, by_quarter=False, by_sector=False
)
korea.table("landed_cost").pivot(index="route_title", columns="case", values="landed_central")

# %%
solved = ex.solve(world, "k4-leaves-mexico", draws=50)
solved.table("solutions")[["value", "left", "right", "low", "median", "high", "root_share"]]

# %% [markdown]
# ## What to distrust
#
# * The bill of parts is ours (grade D), set so that the American content fits what the firm said.
#   The tests of origin are no ruling of customs.
# * One test fails in a good part of the draws. We took the claim as made, whatever the draw says.
# * West Point lands cheapest at central values, but it ships nothing today: room in the plant and
#   the cost of moving are not in the landed cost.
#
# ## Read on
#
# [Routes, origin and borders](../docs/routes.md), [where two things are
# equal](../docs/parity.md), [the product files](../docs/products.md).
