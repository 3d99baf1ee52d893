"""The product file to begin with."""

from __future__ import annotations

import re
from pathlib import Path

from exposure.errors import QueryError
from exposure.facts.writing import replace_file

PRODUCT = """\
# A product, its parts, and the ways on which it reaches a market. Everything here is an example:
# replace it, then run `exposure check` on this file; it names what is missing or does not add up.
#
# A figure is {low, central, high, grade, source, note}. Grade A: disclosed; B: derived from what is
# disclosed; C: estimated; D: illustrative. `source` is an id of the block `sources` at the end, or
# of the shipped data/raw/sources.csv.
id: @ID@
title: Example heater
firm: Example Appliances
market: USA            # where it is sold; ISO 3166-1 alpha-3, as all countries
unit: heater
year: 2026
sector: appliances
reference_route: vietnam   # the route whose customs value and parts are described here

# What customs would value one unit at, on the reference route.
customs_value_usd: {low: 45, central: 50, high: 55, grade: D, source: own, note: "Example."}
# Freight of parts that cross a border on the way to the assembly, as a share of their value.
parts_freight_share: {low: 0.01, central: 0.02, high: 0.03, grade: D, source: own, note: "Example."}

# Days between customs entry and sale: so much later a change of duty reaches profit. May be absent.
stock_days: {low: 20, central: 40, high: 60, grade: D, source: own, note: "Example."}

# Places of work. `maker` is the country of the owner's headquarters. Latitude and longitude in
# degrees, for the map; without them the middle of the country.
sites:
  - {id: hanoi, title: "Plant, Hanoi", country: VNM, maker: KOR, lat: 21.03, lon: 105.85}
  - {id: monterrey, title: "Plant, Monterrey", country: MEX, maker: KOR, lat: 25.67, lon: -100.31}
  - {id: ningbo, title: "Supplier, Ningbo", country: CHN, maker: CHN, lat: 29.87, lon: 121.54}

# Stages. `share` is the stage's own value added as a fraction of the customs value; the central
# shares of all stages add up to 1. The final assembly has no `into`. `industry` is one of
# data/raw/economy/labour.csv or mrio/industries.csv there. `materials` are fractions of the stage's
# own value: the law asks for steel, aluminum and copper.
parts:
  - id: assembly
    title: Final assembly
    hts: "8516.29.00"
    industry: electrical
    share: {low: 0.25, central: 0.3, high: 0.35, grade: D, source: own, note: "Example."}
    materials: {steel: 0, aluminum: 0, copper: 0}
  - id: body
    title: Steel body
    hts: "8516.90.90"
    into: assembly
    industry: electrical
    share: {low: 0.25, central: 0.3, high: 0.35, grade: D, source: own, note: "Example."}
    materials: {steel: 0.6, aluminum: 0, copper: 0}
    # Made on every route here, unless a route says otherwise; splits add up to 1.
    making: {made_at: [{site: ningbo, split: 1}], grade: D, source: own, note: "Example."}
  - id: element
    title: Heating element and controls
    hts: "8516.80.80"
    into: assembly
    industry: electrical
    share: {low: 0.35, central: 0.4, high: 0.45, grade: D, source: own, note: "Example."}
    materials: {steel: 0.1, aluminum: 0, copper: 0.1}
    making:
      {made_at: [{site: hanoi, split: 0.5}, {site: ningbo, split: 0.5}], grade: D, source: own}

# Ways to the market. `volume` is units a year today; 0 is an alternative that is priced and not
# used. `cost_index` compares the value added in the assembly's country with the reference route.
# May be left out: `capacity` (most units a year), `switching_cost_usd` (to bring one more unit a
# year onto the route), `transit_days`, `arrives_by` (sea, air, land), and `transformations` (stages
# that do not make a new article, so that the origin of a part stays).
routes:
  - id: vietnam
    title: Assembled in Viet Nam
    assembly: hanoi
    volume: {low: 90000, central: 100000, high: 110000, grade: D, source: own, note: "Example."}
    cost_index: {low: 1, central: 1, high: 1, grade: D, source: own, note: "The reference."}
    freight_share: {low: 0.03, central: 0.05, high: 0.08, grade: D, source: own, note: "Example."}
    capacity: {low: 120000, central: 150000, high: 180000, grade: D, source: own, note: "Example."}
    switching_cost_usd: {low: 0, central: 0, high: 0, grade: D, source: own, note: "Lines exist."}
    transit_days: {low: 25, central: 35, high: 45, grade: D, source: own, note: "Example."}
    arrives_by: sea
    # What a shipment across a border states: a preference claimed, a regime, a fact that the law
    # asks for (ids of data/raw/law/attributes.yaml).
    crossings:
      - {part: body, into_country: VNM, attributes: {regime: epe}, source: own,
         note: "Parts for export enter free."}
      - {part: element, into_country: VNM, attributes: {regime: epe}, source: own,
         note: "Parts for export enter free."}
  - id: mexico
    title: Assembled in Mexico
    assembly: monterrey
    volume: {low: 0, central: 0, high: 0, grade: D, source: own, note: "Not used today."}
    cost_index: {low: 1.1, central: 1.2, high: 1.3, grade: D, source: own, note: "Example."}
    freight_share: {low: 0.01, central: 0.02, high: 0.03, grade: D, source: own, note: "Example."}
    crossings:
      - {part: body, into_country: MEX, attributes: {regime: immex}, source: own,
         note: "Temporary import for export."}
      - {part: element, into_country: MEX, attributes: {regime: immex}, source: own,
         note: "Temporary import for export."}
      - {part: assembly, into_country: USA, attributes: {claim: none}, source: own,
         note: "Put claim: usmca where the good qualifies."}

sources:
  - {id: own, title: "Own figures", publisher: "Whoever wrote this file", date: "2026"}
"""


def write_product(name: str, path: Path) -> Path:
    """Write the template for a product to a file that does not exist yet.

    Raises
    ------
    QueryError
        If the name is no id, or the file stands already.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise QueryError(f"name {name!r}", "", "lower-case letters, digits, '-' and '_'")
    if path.exists():
        raise QueryError("the file stands already", str(path), "choose another name by -o")
    replace_file(path, PRODUCT.replace("@ID@", name).encode())
    return path
