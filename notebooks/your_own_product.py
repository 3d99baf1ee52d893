# %% [markdown]
# # Your own product
#
# **Question.** How do I describe a product of my own, have it checked, and get a report of what
# tariffs do to it?
#
# A product is one file: its parts, where they are made, and its ways to the market. `exposure new
# product heater` writes a file to begin with; here we take the same template and write to a
# folder that is thrown away.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import exposure as ex
from exposure.errors import Problems
from exposure.facts.template import write_product

world = ex.load()
folder = TemporaryDirectory()
path = write_product("heater", Path(folder.name) / "heater.yaml")
text = path.read_text(encoding="utf-8")
print("\n".join(text.splitlines()[:22]))

# %% [markdown]
# ## A mistake is named with its place
#
# Let a grade be none, and a key be misspelt. All faults of the file come at once, each with what
# is allowed.

# %%
wrong = Path(folder.name) / "wrong.yaml"
wrong.write_text(
    text.replace("grade: D", "grade: E", 1).replace("unit: heater", "units: heater"),
    encoding="utf-8",
)
try:
    ex.add_product(world, wrong)
except Problems as problems:
    print(str(problems).replace(folder.name, "FOLDER"))
else:
    raise AssertionError("a wrong file was taken")

# %% [markdown]
# ## Edit it
#
# We make the heater dearer and sell half as many. In your own work you do this in an editor, and
# `exposure check heater.yaml` says what is wrong.

# %%
text = text.replace("Example heater", "Quiet heater")
text = text.replace("{low: 45, central: 50, high: 55,", "{low: 72, central: 80, high: 88,")
text = text.replace(
    "{low: 90000, central: 100000, high: 110000,", "{low: 45000, central: 50000, high: 55000,"
)
path.write_text(text, encoding="utf-8")
mine = ex.add_product(world, path)  # a new world; the old one stays as it was
result = ex.run(mine, "law-today", products=["heater"], draws=50, by_quarter=False, by_sector=False)
result.table("products")[["title", "unit", "customs_value_central"]]

# %%
assert result.table("products")["customs_value_central"].tolist() == [80.0]
axes = result.plot.landed_cost("heater")

# %%
axes = result.plot.duty_by_measure("heater")

# %% [markdown]
# Which route lands cheapest, and is that sure? What did we assume, and how good is it?

# %%
lead = result.table("conclusions").query("metric == 'route_lead_usd_per_unit'")
lead[["statement", "holds_share", "flip", "flip_title", "flip_value"]]

# %%
grades = result.table("assumptions").query("id.str.startswith('heater')")
grades["grade"].value_counts().to_frame("inputs")

# %% [markdown]
# ## The report
#
# A page, a PDF, all tables, and a manifest. `ex.verify` makes every cell of it again by a slow
# second way.

# %%
ex.report(result, Path(folder.name) / "report", kind="brief")
sorted(path.name for path in (Path(folder.name) / "report").iterdir())

# %%
folder.cleanup()
assert not Path(folder.name).exists()

# %% [markdown]
# ## What to distrust
#
# * Every figure of the template is an example (grade D). Put a source beside each number of your
#   own; a file without sources is refused.
# * A route that is not used today is priced, but nothing is shipped on it unless the scenario
#   fills routes by cost.
# * A claim that you write is taken as made. The table `origin_tests` says whether the parts list
#   supports it.
#
# ## Read on
#
# [The shipped products](../docs/products.md), [routes and origin](../docs/routes.md),
# [reports](../docs/reports.md).
