"""What holds across the tables of industries: names that meet, sums that balance."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from exposure.axes import USA
from exposure.errors import DataError, ExposureError
from exposure.facts.read_sectors import FILES, FINAL, FLOWS

Tables = Mapping[str, pd.DataFrame]
SLACK_MUSD = 0.051
"""Half of the last printed digit of a flow."""
UNASSIGNED = "unassigned"


def sector_names_meet(tables: Tables) -> Iterator[ExposureError]:
    """Regions and industries that tables name exist, and every sector has its account."""
    if not len(tables["mrio_flows"]):
        return
    regions = set(tables["mrio_regions"]["region"])
    industries = set(tables["mrio_industries"]["industry"])
    named = {
        "mrio_flows": [("country", regions), ("industry", industries), ("user_country", regions),
                       ("user", industries | {FINAL})],
        "mrio_accounts": [("country", regions), ("industry", industries)],
        "mrio_hts": [("industry", industries)],
        "us_import_totals": [("industry", industries | {UNASSIGNED})],
        "boards": [("country", regions), ("industry", industries)],
        "plants": [("country", regions), ("industry", industries)],
    }  # fmt: skip
    for table, columns in named.items():
        file = FLOWS if table == "mrio_flows" else FILES[table]
        for column, known in columns:
            for word in sorted(set(tables[table][column].unique()) - known):
                mend = "name it in mrio/regions.csv or mrio/industries.csv"
                yield DataError(f"{word!r} is not known", f"economy/{file}, column {column}", mend)
    if USA not in regions:
        yield DataError(f"no region {USA}", "economy/mrio/regions.csv", "its duties change")
    there = set(zip(tables["mrio_accounts"]["country"], tables["mrio_accounts"]["industry"],
                    strict=True))  # fmt: skip
    for region in sorted(regions):
        for industry in sorted(industries):
            if (region, industry) not in there:
                yield DataError(f"no account of {region} {industry}", "economy/mrio/accounts.csv")


def flows_balance(tables: Tables) -> Iterator[ExposureError]:
    """Output is what is sold; value added is output less inputs, and all of final demand."""
    flows, accounts = tables["mrio_flows"], tables["mrio_accounts"]
    if not len(flows):
        return
    where = "economy/mrio/flows.csv and accounts.csv"
    sold = flows.groupby(["country", "industry"])["value_musd"].sum()
    used = flows[flows["user"] != FINAL].groupby(["user_country", "user"])["value_musd"].sum()
    stated = accounts.set_index(["country", "industry"])
    inputs = used.reindex(stated.index).fillna(0.0)
    gaps = {
        "output is not what is sold": stated["output_musd"]
        - sold.reindex(stated.index).fillna(0.0),
        "value added is not output less inputs": stated["output_musd"]
        - inputs
        - stated["value_added_musd"],
    }
    for what, gap in gaps.items():
        for key, value in gap[gap.abs() > SLACK_MUSD].items():
            assert isinstance(key, tuple)
            yield DataError(f"{what}: {value:,.1f} million USD", f"{where}: {key[0]} {key[1]}")
    final = float(flows.loc[flows["user"] == FINAL, "value_musd"].sum())
    total = float(accounts["value_added_musd"].sum())
    if abs(total - final) > SLACK_MUSD * len(accounts):
        yield DataError(f"value added {total:,.1f} is not final demand {final:,.1f}", where)


def listed_imports_within_totals(tables: Tables) -> Iterator[ExposureError]:
    """Imports by line are not more than all imports of their origin."""
    listed = tables["us_imports"].groupby("origin")["imports_kusd"].sum()
    totals = tables["us_import_totals"].groupby("origin")["imports_kusd"].sum()
    for origin, value in listed.items():
        if value > float(totals.get(origin, 0.0)) * 1.001 + 1.0:
            yield DataError(
                f"lines of {origin} add up to more than all its imports",
                "economy/mrio/us_imports.csv",
                "see us_import_totals.csv",
            )


def stated_facts_exist(tables: Tables) -> Iterator[ExposureError]:
    """What goods state is an attribute of the law, with a value that JSON knows."""
    known = set(tables["attributes"]["id"])
    for row in tables["shipment_facts"].itertuples():
        where = f"economy/mrio/shipment_facts.csv: {row.origin} {row.attribute}"
        if row.attribute not in known:
            yield DataError(f"attribute {row.attribute!r} is not known", where)
        try:
            json.loads(str(row.value), parse_constant=_no_number)
        except ValueError:
            yield DataError(
                f"value {row.value!r}", where, "a number, true, false or a text in quotes"
            )


def _no_number(text: str) -> None:
    # JSON has neither NaN nor Infinity, though the library reads them.
    raise ValueError(text)


def sector_sources_exist(tables: Tables) -> Iterator[ExposureError]:
    """Every source that a table of industries cites stands in sources.csv."""
    known = set(tables["sources"]["source_id"])
    for table, file in FILES.items():
        if "source" not in tables[table]:
            continue
        for name in sorted(set(tables[table]["source"]) - known):
            yield DataError(f"source {name!r} is not in sources.csv", f"economy/{file}")


def plants_are_sites(tables: Tables) -> Iterator[ExposureError]:
    """A plant is a site at which a product is finished."""
    known = set(tables["sites"]["site"])
    for site in tables["plants"]["site"]:
        if site not in known:
            yield DataError(f"no site {site!r}", "economy/plants.csv", "name a site of a product")


def boards_name_codes(tables: Tables) -> Iterator[ExposureError]:
    """Prefixes of boards are beginnings of codes, and stand on one board of a country only."""
    seen: set[tuple[str, str]] = set()
    for row in tables["boards"].itertuples():
        where = f"economy/mrio/boards.csv: {row.country} {row.board}, prefixes"
        for prefix in str(row.prefixes).split():
            if not (prefix.isdigit() and len(prefix) in (2, 4, 6, 8)):
                yield DataError(f"{prefix!r}", where, "2, 4, 6 or 8 digits")
            if (str(row.country), prefix) in seen:
                yield DataError(f"{prefix} stands twice", where)
            seen.add((str(row.country), prefix))


SECTOR_CHECKS: tuple[Callable[[Tables], Iterator[ExposureError]], ...] = (
    sector_names_meet,
    flows_balance,
    listed_imports_within_totals,
    stated_facts_exist,
    sector_sources_exist,
    plants_are_sites,
    boards_name_codes,
)
