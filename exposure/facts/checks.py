"""Checks across tables: one function a check; each lists all offenders and the mend.

The form of each table by itself is checked before: see `exposure.facts.tables`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pandas as pd

from exposure.axes import TAKES
from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.law_checks import LAW_CHECKS
from exposure.facts.sector_checks import SECTOR_CHECKS
from exposure.frames import records

Tables = Mapping[str, pd.DataFrame]


def check_tables(tables: Tables) -> None:
    """Run every check.

    Raises
    ------
    Problems
        All offenders of all checks.
    """
    problems = [problem for check in CHECKS for problem in check(tables)]
    if problems:
        raise Problems(problems)


def origins_exist(tables: Tables) -> Iterator[ExposureError]:
    """Countries and groups named by clauses are known."""
    known = {"*", *tables["countries"]["iso3"], *tables["groups"]["group"]}
    names = ("origin", "not_origin", "made_in", "not_made_in", "maker", "not_maker")
    for row in records(tables["clauses"]):
        for name in names:
            for word in str(row[name]).split():
                if word not in known:
                    where = f"action {row['action']}, clause {row['clause']}, {name}"
                    yield DataError(f"{word!r} is no country or group", where)


def attributes_exist(tables: Tables) -> Iterator[ExposureError]:
    """Conditions of clauses and facts of crossings name attributes, and values, of the register."""
    known = {row["id"]: row for row in records(tables["attributes"])}
    mend = "add it to attributes.yaml"
    for table, column, label in (
        ("clauses", "when", ("action", "clause")),
        ("ends", "when", ("action", "from")),
        ("crossing_rules", "attributes", ("product", "part")),
    ):
        for row in records(tables[table]):
            for name, value in json.loads(str(row[column])).items():
                where = " ".join(str(row[key]) for key in label)
                if name not in known:
                    yield DataError(f"attribute {name!r} is not known", where, mend)
                elif not _allowed(known[name], value):
                    choices = known[name]["choices"] or TAKES[known[name]["kind"]]
                    yield DataError(f"attribute {name} = {value!r}", where, f"allowed: {choices}")


def _allowed(attribute: dict[str, Any], value: object) -> bool:
    kind = attribute["kind"]
    if kind == "choice":
        return value in str(attribute["choices"]).split()
    if kind == "bool":
        return isinstance(value, bool)
    # Every number of the register is a share.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def stated_values_allowed(tables: Tables) -> Iterator[ExposureError]:
    """What goods state of a fact is a value that the fact may have."""
    known = {row["id"]: row for row in records(tables["attributes"])}
    for row in records(tables["shipment_facts"]):
        name = row["attribute"]
        try:
            value = json.loads(str(row["value"]))
        except ValueError:
            continue  # told by what asks for JSON
        if name in known and not _allowed(known[name], value):
            where = f"economy/mrio/shipment_facts.csv: {row['origin']} {name}"
            choices = known[name]["choices"] or TAKES[known[name]["kind"]]
            yield DataError(f"attribute {name} = {value!r}", where, f"allowed: {choices}")


def displaced_exist(tables: Tables) -> Iterator[ExposureError]:
    """Authorities that are displaced exist."""
    known = set(tables["clauses"]["authority"]) | set(tables["coverage"]["authority"])
    named = tables["clauses"][["action", "displaces"]].drop_duplicates()
    for action, text in named.itertuples(index=False):
        for word in str(text).split():
            if word not in known:
                yield DataError(f"displaces {word!r}, which no action has", f"action {action}")


def agreements_known(tables: Tables) -> Iterator[ExposureError]:
    """Agreements are claims that the register knows, between countries that exist."""
    claims = set()
    for row in records(tables["attributes"]):
        if row["id"] == "claim":
            claims = set(str(row["choices"]).split())
    countries = set(tables["countries"]["iso3"])
    for row in records(tables["agreements"]):
        where = f"law/origin.yaml: agreement {row['agreement']}"
        if row["agreement"] not in claims:
            yield DataError("no such claim", where, f"allowed: {', '.join(sorted(claims))}")
        for name in {*str(row["members"]).split(), *str(row["high_wage"]).split()} - countries:
            yield DataError(f"country {name!r} is not known", where)


CITED = (
    "figures",
    "parameters",
    "labour",
    "correlations",
    "categories",
    "market_flows",
    "makings",
    "volumes_by_year",
    "transformations",
    "crossing_rules",
    "utilisation",
    "reciprocal_formula",
    "conflicts",
    "firm_bills",
    "exchange_rates",
    "observed",
    "forecasts",
    "duties_collected",
    "unit_values",
)
"""Tables whose rows name a source."""


def sources_exist(tables: Tables) -> Iterator[ExposureError]:
    """Every source id of a fact or parameter stands in sources.csv."""
    known = set(tables["sources"]["source_id"])
    for table in CITED:
        for row in records(tables[table]):
            if row["source"] not in known:
                where = f"{table}: {row.get('id') or ' '.join(map(str, list(row.values())[:3]))}"
                yield DataError(f"source {row['source']!r} is not in sources.csv", where)


def outcomes_fit(tables: Tables) -> Iterator[ExposureError]:
    """Outcomes name products, exchange rates and outcomes that there are."""
    outcomes = {
        name
        for table in ("firm_bills", "observed", "duties_collected")
        for name in tables[table]["outcome"]
    }
    known = {
        "products": set(tables["products"]["product"]),
        "exchange_rate": set(tables["exchange_rates"]["exchange_rate"]),
        "outcome": outcomes,
        "product": set(tables["products"]["product"]),
        "forecast": set(tables["forecasts"]["forecast"]),
    }
    for table, columns in (
        ("firm_bills", ("products", "exchange_rate")),
        ("observed", ("products",)),
        ("forecasts", ("outcome",)),
        ("unit_values", ("product", "forecast")),
    ):
        for row in records(tables[table]):
            for column in columns:
                for name in sorted(set(row[column].split()) - known[column]):
                    where = f"{table}: {next(iter(row.values()))}, column {column}"
                    yield DataError(f"{name!r} is not known", where)


def sites_known(tables: Tables) -> Iterator[ExposureError]:
    """Sites stand in known countries."""
    known = set(tables["countries"]["iso3"])
    for row in records(tables["sites"]):
        if row["country"] not in known:
            yield DataError(
                f"country {row['country']!r} is not known", f"{row['product']}: {row['site']}"
            )


def labour_covers_parts(tables: Tables) -> Iterator[ExposureError]:
    """There is a labour coefficient for every industry and country in which parts are made."""
    known = set(zip(tables["labour"]["country"], tables["labour"]["industry"], strict=True))
    sites = tables["sites"].set_index(["product", "site"])["country"]
    industry = tables["parts"].set_index(["product", "part"])["industry"]
    roots = tables["parts"][tables["parts"]["into"] == ""]
    ends = tables["routes"].merge(roots[["product", "part"]], on="product")
    ends = ends.rename(columns={"assembly": "site"})
    columns = ["product", "part", "site"]
    made = pd.concat([tables["makings"][columns], ends[columns]]).drop_duplicates()
    for row in records(made):
        pair = (
            sites[(row["product"], row["site"])],
            industry[(row["product"], row["part"])],
        )
        if pair not in known:
            there = ", ".join(sorted(name for country, name in known if country == pair[0]))
            yield DataError(
                f"no jobs per value added for {pair[1]} in {pair[0]}",
                f"{row['product']}: {row['part']}",
                f"known there: {there or 'none'}; else add a row to economy/labour.csv",
            )


def categories_known(tables: Tables) -> Iterator[ExposureError]:
    """Categories of products exist, and hold what their products sell."""
    size = tables["categories"].set_index("category")["units_central"]
    figures = tables["figures"].set_index("id")["central"]
    sold: dict[str, float] = {}
    for row in records(tables["products"]):
        name = row["category"]
        if name and name not in size.index:
            known = ", ".join(size.index)
            yield DataError(
                f"category {name!r} is not known", f"product {row['product']}", f"known: {known}"
            )
        elif name:
            mine = figures.index.str.fullmatch(f"{row['product']}/route/[^/]+/volume")
            sold[name] = sold.get(name, 0.0) + float(figures[mine].sum())
    for name, units in sold.items():
        if units > size[name]:
            yield DataError(
                f"products sell {units:,.0f} units, more than all {size[name]:,.0f}",
                f"economy/categories.csv: {name}",
            )


def correlations_meet_names(tables: Tables) -> Iterator[ExposureError]:
    """Every pattern of a correlation meets an uncertain number."""
    parameters, labour = tables["parameters"], tables["labour"]
    names = [
        *(f"{row['id']}@{row['sector']}".rstrip("@") for row in records(parameters)),
        *tables["figures"]["id"],
        *(f"labour/{row['country']}/{row['industry']}" for row in records(labour)),
        *(f"category/{name}" for name in tables["categories"]["category"]),
    ]
    for row in records(tables["correlations"]):
        where = f"economy/correlations.csv: {row['first']}, {row['second']}"
        for pattern in dict.fromkeys((row["first"], row["second"])):
            if not any(fnmatchcase(name, pattern) for name in names):
                yield DataError(f"{pattern!r} is the name of no uncertain number", where)


def markets_whole(tables: Tables) -> Iterator[ExposureError]:
    """Flows belong to markets, markets to one industry; every region both buys and sells."""
    markets = set(tables["markets"]["market"])
    for name in sorted(set(tables["market_flows"]["market"]) - markets):
        yield DataError(f"market {name!r} is not in markets.csv", "economy/market_flows.csv")
    sectors = tables["mrio_industries"]["sector"].value_counts()
    regions = {
        str(name): (set(rows["exporter"]), set(rows["importer"]))
        for name, rows in tables["market_flows"].groupby("market")
    }
    for row in records(tables["markets"]):
        name, (sell, buy) = row["market"], regions.get(row["market"], (set(), set()))
        if not sell or sell != buy or row["importer"] not in sell:
            what = "regions that sell and those that buy are not the same, or lack the importer"
            yield DataError(what, f"economy/market_flows.csv: {name}")
        if len(sectors) and (count := sectors.get(row["sector"], 0)) != 1:
            where = f"economy/markets.csv: {name}, sector {row['sector']!r}"
            yield DataError(f"sector of {count} industries", where, "that of one in industries.csv")


def long_run_beside_short(tables: Tables) -> Iterator[ExposureError]:
    """A parameter of the long run has its row of the first year."""
    table = tables["parameters"]
    short = set(zip(*(table.loc[table["horizon"] == "", k] for k in ("id", "sector")), strict=True))
    for row in records(table[table["horizon"] == "long"]):
        if (row["id"], row["sector"]) not in short:
            yield DataError(
                "a row of the long run without one of the first year",
                f"parameters.yaml: {row['id']} {row['sector']}".rstrip(),
            )


REQUIRED = (
    "pass_through",
    "border_price_share",
    "demand_elasticity",
    "route_elasticity",
    "employment_elasticity",
    "net_cost_share",
    "resourcing_premium",
    "consignment_usd",
    "exporter_absorption",
    "exchange_pass_through",
    "currency_offset",
    "export_supply_elasticity",
    "contribution_margin",
    "category_elasticity",
    "outside_share",
    "rest_price_response",
    "adjustment_years",
    "origin_elasticity",
    "domestic_supply_elasticity",
    "deal_discount_rate",
    "deal_trade_growth",
    "deal_value_kept",
    "deal_purchase_premium",
)
"""Parameters that the model reads."""


def parameters_complete(tables: Tables) -> Iterator[ExposureError]:
    """Every parameter that the model reads has a row for all sectors, and no other stands there."""
    table = tables["parameters"]
    general = set(table.loc[table["sector"] == "", "id"])
    for name in REQUIRED:
        if name not in general:
            yield DataError(f"{name} has no row for all sectors", "parameters.yaml")
    for name in sorted(set(table["id"]) - set(REQUIRED)):
        yield DataError(
            f"{name} is read by no model", "parameters.yaml", f"known: {', '.join(REQUIRED)}"
        )


CHECKS: tuple[Callable[[Tables], Iterator[ExposureError]], ...] = (
    origins_exist,
    attributes_exist,
    stated_values_allowed,
    displaced_exist,
    agreements_known,
    *LAW_CHECKS,
    *SECTOR_CHECKS,
    sources_exist,
    outcomes_fit,
    sites_known,
    labour_covers_parts,
    categories_known,
    markets_whole,
    correlations_meet_names,
    long_run_beside_short,
    parameters_complete,
)
