"""The tables and paragraphs of a report, each from the tables of a result; they format only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.model.origin import unsupported
from exposure.reports.description import Figure, Table
from exposure.reports.style import (
    COMPONENTS,
    count,
    country,
    metric_text,
    metric_title,
    number,
    percent,
    span,
    usd,
)
from exposure.reports.sure import LEAD, drivers_text, sure_text

Tables = Mapping[str, pd.DataFrame]
FULL = 6
"""Up to so many products each has its pictures; beyond, one picture holds all of them."""
LAW_SOURCE = "Rules of data/raw/law with their citations."


def headline_texts(tables: Tables, scenario: str, product: str) -> dict[str, str]:
    """Headline numbers of a product as text, by metric."""
    rows = tables["headline"]
    rows = rows[(rows["scenario"] == scenario) & (rows["product"] == product)]
    return {
        row["metric"]: metric_text(row["metric"], row["low"], row["median"], row["high"])
        for row in records(rows)
    }


def all_products(tables: Tables, scenario: Mapping[str, Any]) -> Table:
    """A line a product, of a scenario."""
    metrics = ("duty_usd_per_unit", "duty_bill_usd", "cost_change_share", "volume_change_share",
               "jobs_predicted")  # fmt: skip
    rows = []
    for product in records(tables["products"]):
        text = headline_texts(tables, scenario["scenario"], product["product"])
        rows.append((product["title"], *(text[metric] for metric in metrics)))
    columns = ("Product", *(metric_title(metric) for metric in metrics))
    return Table("Every product against its baseline", columns, tuple(rows),
                 "Median with 80 % range. One product with its pictures: exposure run "
                 "--product NAME.", frozenset(range(1, 6)))  # fmt: skip


def comparison(tables: Tables) -> Table:
    """Every scenario beside the others."""
    titles = {row["scenario"]: row["title"] for row in records(tables["scenarios"])}
    names = {row["product"]: row["title"] for row in records(tables["products"])}
    metrics = ("duty_change_usd_per_unit", "cost_change_share", "volume_change_share")
    rows = []
    for scenario, title in titles.items():
        for product, name in names.items():
            text = headline_texts(tables, str(scenario), str(product))
            rows.append((str(title), str(name), *(text[metric] for metric in metrics)))
    columns = ("Scenario", "Product", *(metric_title(metric) for metric in metrics))
    return Table("Each scenario against its own baseline", columns, tuple(rows),
                 "Median with 80 % range.", frozenset({2, 3, 4}))  # fmt: skip


def numbers(tables: Tables, scenario: str, product: str) -> Table:
    """Headline numbers of a product, what drives each, and how sure its direction is."""
    text = headline_texts(tables, scenario, product)
    rows = [
        (
            metric_title(metric),
            value,
            drivers_text(tables, scenario, product, metric),
            sure_text(tables, scenario, product, metric),
        )
        for metric, value in text.items()
    ]
    turn = sure_text(tables, scenario, product, LEAD)
    if turn:
        found = tables["conclusions"]
        mine = found[(found["scenario"] == scenario) & (found["product"] == product)]
        words = mine.loc[mine["metric"] == LEAD, "statement"].iloc[0]
        rows.append(("Cheapest route", words.removesuffix(" lands cheapest"), "", turn))
    columns = ("Number", "Median (80 % range)", "Three drivers, share of variance",
               "How sure the direction is")  # fmt: skip
    return Table("The product in numbers", columns, tuple(rows),
                 "Drivers: total Sobol indices, which count joint effects and need not add up to "
                 "100 %. Jobs exposed and jobs predicted are never added.",
                 frozenset({1}))  # fmt: skip


def firm_account(tables: Tables, scenario: str, product: str) -> Table:
    """The product's routes and their sum, today and under the scenario."""
    rows = tables["firm_results"]
    rows = rows[
        (rows["scenario"] == scenario) & (rows["product"] == product) & (rows["level"] == "product")
    ]
    titles = {
        "duty_bill_usd": "Duty a year, at unchanged customs values",
        "duty_collected_usd": "Duty a year, after exporters' price cuts",
        "landed_usd_per_unit": "Landed cost a unit",
        "buyer_price_usd_per_unit": "Buyer's price a unit",
        "units": "Units a year",
        "sales_usd": "Sales a year, at buyers' prices",
    }
    cells = tuple(
        (
            titles.get(row["metric"], metric_title(row["metric"])),
            metric_text(row["metric"], *[row["baseline"]] * 3),
            metric_text(row["metric"], row["low"], row["central"], row["high"]),
        )
        for row in records(rows)
    )
    return Table("The firm's account of the product", ("Item", "Today", "Scenario"), cells,
                 "Central values with 80 % range. Buyers, importers and exporters bear what is "
                 "collected more on the units now sold. Operating profit: what the firm's exporter "
                 "and its own importer bear, and the contribution of units no longer sold. By "
                 "route and firm: tables/firm_results.csv.", frozenset({1, 2}))  # fmt: skip


def limits(tables: Tables, scenario: str, product: str) -> list[str | Table | Figure]:
    """Limits of a scenario with their rent and the duty that does the same, if there are any."""
    rows = tables["quotas"]
    rows = rows[(rows["scenario"] == scenario) & (rows["product"] == product)]
    if rows.empty:
        return []

    def ranged(name: str, form: Callable[[float], str]) -> tuple[str, ...]:
        ends = [f"{name}_{end}" for end in ("low", "central", "high")]
        return tuple(span(form, *(row[end] for end in ends)) for row in records(rows))

    cells = (
        ("Limit, units a year", *(count(row["limit_units"]) for row in records(rows))),
        ("Sold today", *(count(row["units_baseline"]) for row in records(rows))),
        ("Sold under the limit", *(count(row["units_central"]) for row in records(rows))),
        ("Draws in which it binds", *(percent(row["binding_share"]) for row in records(rows))),
        ("Rent a unit", *ranged("rent_usd_per_unit", usd)),
        ("Rent a year", *ranged("rent_usd", usd)),
        ("Duty that does the same", *ranged("equivalent_rate", percent)),
        ("The rent goes to the", *(row["holder"] for row in records(rows))),
    )
    return [
        Table("The limit as a duty", ("Item", *rows["route_title"]), cells,
              "A duty of that rate on the customs value, on top of those owed, brings the same "
              "volume; the rent is what its revenue would be.",
              frozenset(range(1, 1 + len(rows))))
    ]  # fmt: skip


def every_route(tables: Tables, scenario: str, product: str) -> Table:
    """Landed cost, duty and volume of each route, before and after."""
    cost = tables["landed_cost"]
    cost = cost[(cost["scenario"] == scenario) & (cost["product"] == product)]
    before = cost[cost["case"] == "baseline"].set_index("route")
    volumes = tables["volumes"]
    volumes = volumes[(volumes["scenario"] == scenario) & (volumes["product"] == product)]
    units = volumes.set_index("route")
    rows = []
    for row in records(cost[cost["case"] == "scenario"]):
        old, unit = before.loc[row["route"]], units.loc[row["route"]]
        rows.append(
            (
                row["route_title"],
                usd(float(old["landed_central"])),
                span(usd, row["landed_low"], row["landed_central"], row["landed_high"]),
                usd(float(old["duty_usd_per_unit"])),
                usd(row["duty_usd_per_unit"]),
                count(float(unit["units_baseline"])),
                span(count, unit["units_low"], unit["units_central"], unit["units_high"]),
            )
        )
    columns = ("Route", "Landed, baseline", "Landed, scenario", "Duty, baseline", "Duty, scenario",
               "Units, baseline", "Units, scenario")  # fmt: skip
    scarce = volumes[volumes["capacity_worth_central"] > 0]
    worth = "; ".join(
        f"{row['route_title']} {usd(row['capacity_worth_central'])}" for row in records(scarce)
    )
    limit = f" What one more unit of capacity a year would be worth: {worth}." if worth else ""
    return Table("Every route to the market, a unit and a year", columns, tuple(rows),
                 "A route that ships nothing today stays at zero, unless the scenario fills routes "
                 f"by cost.{limit}", frozenset(range(1, 7)))  # fmt: skip


def jobs_by_stage(tables: Tables, scenario: str, product: str) -> Table:
    """Jobs exposed and predicted by country and stage."""
    jobs = tables["jobs"]
    jobs = jobs[(jobs["scenario"] == scenario) & (jobs["product"] == product)]
    rows = tuple(
        (
            country(row["country"]),
            row["part_title"],
            span(count, row["exposed_low"], row["exposed_central"], row["exposed_high"]),
            span(count, row["predicted_low"], row["predicted_central"], row["predicted_high"]),
        )
        for row in records(jobs.sort_values("exposed_central", ascending=False).head(15))
    )
    columns = ("Country", "Stage", "Jobs exposed", "Jobs predicted (change)")
    return Table("Jobs by country and stage, the fifteen largest", columns, rows,
                 "Persons; never added to one another. All stages: tables/jobs.csv.",
                 frozenset({2, 3}))  # fmt: skip


def borders(tables: Tables, scenario: str, product: str, route: str) -> Table:
    """Borders on the way of one route, the dearest first."""
    rows = tables["ledger"]
    rows = rows[
        (rows["scenario"] == scenario)
        & (rows["case"] == "scenario")
        & (rows["product"] == product)
        & (rows["route"] == route)
    ].sort_values("customs_value_usd", ascending=False, kind="stable")
    cost = tables["landed_cost"]
    head = records(
        cost[
            (cost["scenario"] == scenario)
            & (cost["case"] == "scenario")
            & (cost["product"] == product)
            & (cost["route"] == route)
        ]
    )[0]
    cells = tuple(
        (
            row["part_title"],
            f"{country(row['dispatch'])} to {country(row['importer'])}"
            + (f", origin {country(row['origin'])}" if row["origin"] != row["dispatch"] else ""),
            ", ".join(word for word in (row["claim"], row["regime"]) if word) or "none",
            usd(row["customs_value_usd"]),
            usd(row["duty_usd"]),
            usd(row["suspended_usd"]),
            usd(row["drawn_back_usd"]),
            usd(row["fees_usd"]),
        )
        for row in records(rows.head(15))
    )
    columns = ("Part", "Border", "Claim or regime", "Customs value", "Duty", "Not charged",
               "Given back", "Fees")  # fmt: skip
    factor = head["cascade_factor"]
    cascade = (
        ""
        if factor != factor
        else f" Duty charged on duties makes the sum {percent(factor - 1)} larger."
    )
    return Table(
        f"The borders on the route {head['route_title']}, the fifteen of most value", columns,
        cells, "USD a unit of the product, central values. Not charged: what would be owed without "
        f"the claim and the regime, less what is.{cascade} All borders: tables/ledger.csv.",
        frozenset(range(3, 8)),
    )  # fmt: skip


def origin_blocks(
    tables: Tables, scenario: str, product: str, shown: list[str]
) -> list[str | Table | Figure]:
    """Tests of origin of the finished product on the routes that ship, and what would flip them."""
    tests, legs = tables["origin_tests"], tables["legs"]
    last = legs.loc[(legs["product"] == product) & (legs["to_part"] == "market"), "part"]
    mine = tests[
        (tests["scenario"] == scenario)
        & (tests["product"] == product)
        & tests["route"].isin(shown)
        & tests["part"].isin(last)
    ]
    if mine.empty:
        return []
    titles = tables["landed_cost"].set_index(["product", "route"])["route_title"]
    titles = titles[~titles.index.duplicated()]
    cells = tuple(
        (
            str(titles[product, row["route"]]),
            f"{row['agreement']}, {'claimed' if row['claimed'] else 'not claimed'}",
            row["test"].replace("_", " "),
            "not asked"
            if row["outcome"] == "not asked"
            else span(percent, row["measured_low"], row["measured_central"], row["measured_high"]),
            percent(row["threshold"]),
            f"{row['outcome']} (alternative {row['alternative']})",
        )
        for row in records(mine)
    )
    columns = ("Route", "Agreement", "Test", "Measured", "Line", "Outcome")
    blocks: list[str | Table | Figure] = [
        Table("Whether the finished product originates", columns, cells,
              "Rules of data/raw/law/origin.yaml; a product originates if all tests of one "
              "alternative are met. Proof: exposure explain FOLDER origin:PRODUCT/ROUTE.",
              frozenset({3, 4}))
    ]  # fmt: skip
    weak = tables["origin_tests"]
    weak = unsupported(weak[(weak["scenario"] == scenario) & (weak["product"] == product)])
    if len(weak):
        listed = "; ".join(
            f"{row['part_title'].lower()} on the route {titles[product, row['route']]}, "
            f"{country(row['dispatch'])} to {country(row['importer'])} ({row['agreement']})"
            for row in records(weak)
        )
        blocks.append(f"Claimed in the product file, but not supported by its parts: {listed}.")
    changes = tables["origin_changes"]
    changes = changes[
        (changes["scenario"] == scenario)
        & (changes["product"] == product)
        & changes["route"].isin(shown)
    ]
    for key, rows in changes.groupby(["route", "agreement", "direction"], sort=False):
        route, agreement, direction = (str(word) for word in key)
        parts = ", ".join(
            f"{row['part_title'].lower()} ({country(row['country'])}, {usd(row['value_usd'])})"
            for row in records(rows)
        )
        what = (
            "would fail the test of regional value if these parts came from outside the area"
            if direction == "to fail"
            else "would pass the test of regional value if these parts came from inside the area"
        )
        blocks.append(
            f"{titles[product, route]}, {agreement}: {usd(rows['needed_usd'].iloc[0])} a unit away "
            f"from the line. It {what}: {parts}."
        )
    return blocks


def law_that_speaks(tables: Tables, scenario: str, product: str) -> Table:
    """Every clause that says something about the product at the market's border."""
    lines = tables["duty_lines"]
    market = str(tables["products"].set_index("product").loc[product, "market"])
    mine = lines[
        (lines["scenario"] == scenario)
        & (lines["case"] == "scenario")
        & (lines["product"] == product)
        & (lines["importer"] == market)
    ]
    columns = ["hts", "origin", "component", "action", "clause", "status", "rate", "kind", "base",
               "base_share", "left_share", "duty_rate", "provisional", "source"]  # fmt: skip
    rows = tuple(
        (
            f"{row['hts']} {country(row['origin'])}",
            COMPONENTS[row["component"]],
            f"{row['action']} {row['clause']}".strip(),
            f"{row['status']}, provisional" if row["provisional"] else row["status"],
            f"{percent(row['rate'])}{' all-in' if row['kind'] == 'all_in' else ''} of "
            f"{row['base']} {percent(row['base_share'])}",
            percent(row["duty_rate"]),
            row["source"],
        )
        for row in records(mine[columns].drop_duplicates())
    )
    names = ("Good and origin", "Component", "Clause", "Status", "Rate and base", "Duty", "Source")
    return Table("The law that speaks at the market's border", names, rows, LAW_SOURCE,
                 frozenset({5}))  # fmt: skip


def assumptions(tables: Tables) -> Table:
    """All uncertain numbers with their ranges."""
    rows = tuple(
        (
            row["title"],
            row["unit"],
            number(row["low"]),
            number(row["central"]),
            number(row["high"]),
            row["grade"],
            row["source"],
        )
        for row in records(tables["assumptions"])
    )
    columns = ("Number", "Unit", "Low", "Central", "High", "Grade", "Source")
    return Table("The register of assumptions", columns, rows, "", frozenset({2, 3, 4}))


def sources(tables: Tables) -> Table:
    """Citations of the numbers that were used."""
    used = set(tables["assumptions"]["source"])
    mine = tables["sources"][tables["sources"]["source_id"].isin(used)]
    rows = tuple(
        (row["source_id"], row["title"], row["publisher"], row["date"], row["address"])
        for row in records(mine)
    )
    return Table("Sources of facts and parameters", ("Id", "Title", "Publisher", "Date", "Address"),
                 rows)  # fmt: skip


def provisional(tables: Tables, scenario: str, product: str) -> list[str]:
    """A warning where a duty of the scenario rests on a list that was only proposed."""
    lines = tables["duty_lines"]
    mine = lines[
        (lines["scenario"] == scenario)
        & (lines["case"] == "scenario")
        & (lines["product"] == product)
        & lines["provisional"]
    ]
    if mine.empty:
        return []
    titles = ", ".join(dict.fromkeys(mine["title"]))
    return [
        f"Provisional: {titles}. Whether the good is exempt rests on a list that is known from a "
        "proposal only; the final list was not at hand."
    ]
