"""A list of parts, CSV or Excel, becomes a product file: figures as they stand, the rest assumed.

One row a part and place. ``part, hts, country`` and one of ``price_usd`` and ``share`` are needed.
``price_usd`` is what one unit of the part costs ex works with all that goes into it, ``share`` its
own value added as a fraction of the product's value. The row without ``into`` is the final
assembly, and its price that of the product. Names of parts and sites become ids.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.documents import Product
from exposure.facts.files import numbers, read_csv, read_text_table, shown
from exposure.facts.read_firms import product_problems
from exposure.facts.strict_yaml import parse
from exposure.facts.writing import replace_file
from exposure.frames import records

NEEDED = ("part", "hts", "country")
TEXTS = ("part", "title", "hts", "country", "into", "site", "site_title", "maker", "industry",
         "note")  # fmt: skip
NUMBERS = ("price_usd", "share", "quantity", "split", "lat", "lon")
MATERIALS = ("steel", "aluminum", "copper", "semiconductor")
ALIKE = ("hts", "into", "industry", "price_usd", "share", "quantity", *MATERIALS)
"""What a part has once, however many places make it."""
DEFAULTS = ("figure", "low", "central", "high", "note")
"""Columns of ``list_defaults.csv``: what is assumed where a list is silent, grade D."""
Defaults = dict[str, dict[str, Any]]
HEADER = """\
# Made from {name} by `exposure new product`; yours from here on. Prices became shares of value;
# ranges, freight, volume and everything marked "assumed" are assumptions of
# grade D: replace them, then run `exposure check` on this file.
"""


@dataclass(frozen=True)
class Head:
    """What a list of parts does not hold."""

    id: str
    title: str
    firm: str
    market: str
    sector: str
    unit: str
    volume: float
    price_usd: float | None


def read_parts(path: Path) -> pd.DataFrame:
    """A list of parts as text, columns in lower case; ``.csv``, or the first sheet of ``.xlsx``.

    Raises
    ------
    DataError
        If it is no such file, is empty, lacks a column or has one twice.
    """
    try:
        if path.suffix.lower() == ".csv":
            table = read_text_table(path)
        elif path.suffix.lower() == ".xlsx":
            table = pd.read_excel(path, dtype=str, keep_default_na=False)
        else:
            raise DataError(f"ending {path.suffix!r}", str(path), ".csv or .xlsx")
    except FileNotFoundError as error:
        raise DataError("no such file", str(path)) from error
    except DataError:
        raise
    except Exception as error:  # readers of Excel raise what they like
        raise DataError(f"not a table: {error}", str(path), ".csv or .xlsx") from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise DataError(f"column {twice[0]} stands twice", str(path), "each once")
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise DataError(f"column missing: {', '.join(missing)}", str(path), ", ".join(NEEDED))
    known = {*TEXTS, *NUMBERS, *MATERIALS}
    strange = [str(name) for name in table if name not in known]
    if strange:
        raise DataError(
            f"unknown column: {', '.join(strange)}", str(path), ", ".join(sorted(known))
        )
    table = table.map(lambda cell: str(cell).strip())
    table = table[(table != "").any(axis=1)]
    if table.empty:
        raise DataError("no rows", str(path))
    return table.reindex(columns=[*TEXTS, *NUMBERS, *MATERIALS], fill_value="")


def write_from_parts(head: Head, parts: Path, economy: Path, out: Path, today: dt.date) -> Product:
    """Write the product file of a list of parts; gives the product.

    Parameters
    ----------
    head
        What the list does not hold.
    parts
        The list.
    economy
        Folder of the data that holds ``industries.csv`` (industry by HTS prefix) and
        ``list_defaults.csv`` (what is assumed where the list is silent).
    out
        File that does not stand yet.
    today
        Its year becomes that of the figures.

    Raises
    ------
    Problems, DataError
        Everything that is wrong with the list, a line each.
    """
    if out.exists():
        raise DataError("the file stands already", str(out), "choose another name by -o")
    industries = read_csv(economy / "industries.csv", ["prefix", "industry", "note"])
    path = economy / "list_defaults.csv"
    assumed = read_csv(path, DEFAULTS)
    assumed = assumed.assign(**{name: numbers(assumed, name, path) for name in DEFAULTS[1:4]})
    defaults = {str(row["figure"]): row for row in records(assumed)}
    plain = document(head, read_parts(parts), industries, defaults, parts, today)
    product = parse(Product, plain, parts)
    found = product_problems(product, parts)
    if found:
        raise Problems(found)
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    replace_file(out, (HEADER.format(name=parts.name) + text).encode())
    return product


def document(
    head: Head,
    table: pd.DataFrame,
    industries: pd.DataFrame,
    defaults: Defaults,
    path: Path,
    today: dt.date,
) -> dict[str, Any]:
    """A product document, as plain values, of a list of parts.

    Raises
    ------
    Problems
        Everything that is wrong with the list, a line each.
    """
    table = _with_ids(table, path)
    figures = {name: numbers(table, name, path) for name in (*NUMBERS, *MATERIALS)}
    rows = table.assign(**figures)
    rows["quantity"] = rows.groupby("part")["quantity"].transform("first").fillna(1.0)
    names = list(dict.fromkeys(rows["part"]))
    first = rows.drop_duplicates("part").set_index("part")
    problems = [*_problems(rows, first, names, path)]
    if problems:
        raise Problems(problems)
    price, shares = _shares(head, first, names, path)
    by_prefix = dict(zip(industries["prefix"], industries["industry"], strict=True))
    (root,) = [name for name in names if first.loc[name, "into"] == ""]
    sites: dict[str, dict[str, Any]] = {}
    made = {name: _places(rows[rows["part"] == name], sites, path) for name in names}
    return {
        "id": head.id,
        "title": head.title,
        "firm": head.firm,
        "market": head.market,
        "unit": head.unit,
        "year": today.year,
        "sector": head.sector,
        "reference_route": "current",
        "customs_value_usd": _figure(price, "Price of the list, or as given.", defaults),
        "parts_freight_share": _assumed(defaults["parts_freight_share"]),
        "sites": list(sites.values()),
        "parts": [
            _part(
                name,
                first.loc[name],
                shares[name],
                by_prefix,
                defaults,
                None if name == root else made[name],
            )
            for name in names
        ],
        "routes": [
            {
                "id": "current",
                "title": "As the list has it",
                "assembly": made[root][0]["site"],
                "volume": _figure(head.volume, "As given, or assumed.", defaults),
                "cost_index": _figure(1.0, "The reference.", None),
                "freight_share": _assumed(defaults["freight_share"]),
            }
        ],
        "sources": [
            {"id": "own", "title": f"List of parts {path.name}", "publisher": head.firm,
             "date": today.isoformat()}
        ],
    }  # fmt: skip


def _with_ids(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Names of parts and sites as ids; the names stay as titles where no title is given.

    Raises
    ------
    Problems
        If a name leaves no id, or two names the same.
    """
    made, problems = table.copy(), list[ExposureError]()
    for columns, title in ((("part", "into"), "title"), (("site",), "site_title")):
        names = [name for column in columns for name in table[column].unique() if name]
        ids = {name: _id(name) for name in dict.fromkeys(names)}
        made[title] = table[title].where(
            (table[title] != "") | (table[columns[0]].map(ids) == table[columns[0]]),
            table[columns[0]],
        )
        for column in columns:
            made[column] = [ids.get(name, name) for name in table[column]]
        first: dict[str, str] = {}
        for name, short in ids.items():
            other = first.setdefault(short, name)
            if not short:
                what, mend = f"{columns[0]} {name!r} leaves no id", "latin letters or digits"
                problems.append(DataError(what, str(path), mend))
            elif other != name:
                what = f"{columns[0]} {name!r} and {other!r} have the same id {short!r}"
                problems.append(DataError(what, str(path), "one name, or two that differ"))
    if problems:
        raise Problems(problems)
    return made


def _id(name: str) -> str:
    """Small letters, digits and dashes of a name; accents are dropped, an id stays as it is."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")


def _problems(
    rows: pd.DataFrame, first: pd.DataFrame, names: list[str], path: Path
) -> Iterable[ExposureError]:
    def at(row: Any) -> str:
        # Row 1 of a sheet is its head.
        return f"{path}: row {int(str(row)) + 2}"

    for row, part in rows["part"].items():
        if not part:
            yield DataError("part is empty", at(row), "a short name")
    roots = [name for name in names if first.loc[name, "into"] == ""]
    if len(roots) != 1:
        yield DataError(
            f"{len(roots)} parts have no `into`: {', '.join(roots) or 'none'}", str(path),
            "exactly one, the final assembly",
        )  # fmt: skip
    elif (rows["part"] == roots[0]).sum() > 1:
        yield DataError(
            f"the final assembly {roots[0]} has several rows", str(path),
            "one; another place is a route of the product file",
        )  # fmt: skip
    for row, into in rows["into"].items():
        if into and into not in names:
            yield DataError(f"into {into!r} is no part", at(row), ", ".join(names))
    priced, shared = rows["price_usd"].notna().any(), rows["share"].notna().any()
    if priced == shared:
        yield DataError(
            "one of price_usd and share is given, not both" if priced else
            "neither price_usd nor share is given", str(path), "one of the two in every row",
        )  # fmt: skip
        return
    column = "price_usd" if priced else "share"
    for row, value in (
        first.assign(row=rows.drop_duplicates("part").index.to_numpy())
        .set_index("row")[column]
        .items()
    ):
        if not value >= 0:
            yield DataError(f"{column} is {value}", at(row), "a number of 0 or more")
    for name in ALIKE:
        for row, part, value in zip(rows.index, rows["part"], rows[name], strict=True):
            stated = first.loc[part, name]
            if not (value == stated or value == "" or pd.isna(value)):
                what = f"{name} is {shown(value)}, in the first row of the part {shown(stated)}"
                yield DataError(what, at(row), "empty, or the same in every row of a part")


def _shares(
    head: Head, first: pd.DataFrame, names: list[str], path: Path
) -> tuple[float, dict[str, float]]:
    """Price of the product and each part's own share of it."""
    if first["share"].notna().any():
        total = float(first["share"].sum())
        if abs(total - 1.0) > 1e-6:
            raise DataError(f"shares add up to {total:.6f}", str(path), "they must add up to 1")
        if head.price_usd is None:
            raise DataError("shares without a price", str(path), "give --price")
        if head.price_usd == 0:
            raise DataError("a price of 0 has no shares", str(path), "give another --price")
        given = first["share"].astype(float)
        return head.price_usd, {name: float(given[name]) for name in names}
    paid = first["price_usd"] * first["quantity"]
    inputs = paid.groupby(first["into"]).sum()
    own = {name: float(paid[name] - inputs.get(name, 0.0)) for name in names}
    for name, value in own.items():
        if value < -1e-9:
            raise DataError(
                f"{name} costs less than what goes into it, by {-value:,.2f} USD", str(path),
                "price_usd holds all inputs",
            )  # fmt: skip
    price = float(sum(own.values()))
    if price == 0:
        raise DataError("the price of the product is 0", str(path), "price_usd above 0")
    return price, {name: max(value, 0.0) / price for name, value in own.items()}


def _places(
    rows: pd.DataFrame, sites: dict[str, dict[str, Any]], path: Path
) -> list[dict[str, Any]]:
    """Sites of a part, with the splits; registers the sites."""
    split = rows["split"].to_numpy(dtype=float)
    if len(rows) == 1:
        split = np.ones(1)
    elif np.isnan(split).any() or abs(split.sum() - 1.0) > 1e-6:
        raise DataError(
            f"splits of {rows['part'].iloc[0]} add up to {np.nansum(split):.6f}", str(path),
            "they must add up to 1 where a part has several rows",
        )  # fmt: skip
    places = []
    for share, row in zip(split, records(rows), strict=True):
        country = str(row["country"]).upper()
        site = row["site"] or f"plant-{country.lower()}"
        sites.setdefault(
            site,
            {
                "id": site,
                "title": row["site_title"] or f"Plant in {country}",
                "country": country,
                "maker": str(row["maker"]).upper() or country,
                **{key: float(row[key]) for key in ("lat", "lon") if not np.isnan(row[key])},
            },
        )
        if sites[site]["country"] != country:
            raise DataError(f"site {site!r} stands in two countries", str(path), "one country")
        places.append({"site": site, "split": float(share)})
    return places


def _part(
    name: str,
    row: Any,
    share: float,
    industries: dict[str, str],
    defaults: Defaults,
    made: list[dict[str, Any]] | None,
) -> dict[str, Any]:
    hts = str(row["hts"]).replace(".", "")
    prefix = next(hts[:n] for n in range(len(hts), -1, -1) if hts[:n] in industries)
    part: dict[str, Any] = {"id": name, "title": row["title"] or name, "hts": hts}
    if row["into"]:
        part["into"] = row["into"]
    part["industry"] = row["industry"] or industries[prefix]
    part["share"] = _figure(share, row["note"] or "From the list.", defaults)
    part["materials"] = {m: float(row[m]) for m in MATERIALS if not np.isnan(row[m])}
    if made is not None:
        part["making"] = {"made_at": made, "grade": "B", "source": "own"}
    return part


def _figure(value: float, note: str, defaults: Defaults | None) -> dict[str, Any]:
    """A number of the list with the range that is assumed, or none."""
    width = defaults["width"] if defaults else {"low": 1.0, "high": 1.0}
    ends = {"low": value * width["low"], "central": value, "high": value * width["high"]}
    return _assumed({**ends, "note": note})


def _assumed(row: dict[str, Any]) -> dict[str, Any]:
    """A figure of grade D."""
    ends = {name: float(f"{row[name]:.10g}") for name in ("low", "central", "high")}
    return {**ends, "grade": "D", "source": "own", "note": str(row["note"])}
