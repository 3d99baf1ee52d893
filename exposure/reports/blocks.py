"""The tables and paragraphs about products, each from the tables of a result."""

from __future__ import annotations

import pandas as pd

from exposure.model.origin import unsupported
from exposure.reports.description import Block, Piece, Table, Text, joined, text_of
from exposure.reports.page import Page, Row, metric_form
from exposure.reports.sure import LEAD, drivers_text, sure_text

FULL = 4
"""Up to so many pairs of product and scenario each has its pictures; beyond, one picture holds
all of them."""
MOST = 30
"""Beyond so many pairs, products are not told one by one: the page would be too large to send."""


def headline(page: Page, scenario: str, product: str) -> dict[str, Row]:
    """Headline numbers of a product, by metric."""
    rows = page.rows("headline", scenario=scenario, product=product)
    return {row["metric"]: row for row in rows}


def same_law(scenario: Row) -> bool:
    """Whether baseline and scenario are of one day, so that only the change parts them."""
    days = ("on", "known_on")
    return all(scenario[f"law_{day}"] == scenario[f"baseline_{day}"] for day in days)


def home_row(page: Page, scenario: str, product: str) -> Row | None:
    """Jobs in the country in which most units of today are assembled; None where none stand."""
    where = {"scenario": scenario, "product": product}
    units = page.frame("volumes", **where).set_index("route")["units_baseline"]
    sites = page.frame("landed_cost", case="scenario", **where).set_index("route")
    by = units.groupby(sites["assembly_country"]).sum()
    if not by.max() > 0:
        return None
    rows = page.rows("product_jobs", country=by.idxmax(), **where)
    return rows[0] if rows else None


def jobs_at_home(page: Page, scenario: str, product: str) -> Text:
    """A sentence of that country's part in the jobs of all; nothing where none stand."""
    row = home_row(page, scenario, product)
    if row is None:
        return ()
    return page.say("report.home", country=row.name("country", "country"),
                    exposed=row.count("exposed_central"),
                    predicted=row.count("predicted_central"))  # fmt: skip


def change(page: Page, row: Row, way: str) -> Text:
    """A change in words: the word for its direction, and its size with the range.

    Sizes lose their signs where the whole range lies on one side; otherwise all keep them.
    """
    form = metric_form(row["metric"])
    ends = (row["low"], row["high"])
    if min(ends) < 0 < max(ends) or row["median"] == 0:
        return page.say(f"way.{way}_either", size=row.span(form, "low", "median", "high"))
    low, high = ("high", "low") if row["median"] < 0 else ("low", "high")
    size = row.span(f"size_{form}", low, "median", high)
    return page.say(f"way.{way}", way=row.direction("median", way), size=size)


def grades(page: Page, product: Row) -> Text:
    """How much of a product's file is illustrative, and what its file says of itself."""
    row = page.rows("input_grades", product=product["product"])[0]
    title = product.value("title", "quote")
    # Only grades that occur are named.
    key = {(True, True): "line", (True, False): "line_d", (False, True): "line_c"}.get(
        (row["d"] > 0, row["c"] > 0), "line_none"
    )
    line = page.say(f"grades.{key}", product=title, total=row.count("inputs"), d=row.count("d"),
                    share=row.value("d_share", "whole_percent"), c=row.count("c"))  # fmt: skip
    composed = product.quote("composite")
    return page.say("grades.composite", line=line, of=composed) if composed else line


def all_products(page: Page, scenario: str) -> Table:
    """A line a product, of a scenario."""
    metrics = ("duty_usd_per_unit", "duty_bill_usd", "cost_change_share", "volume_change_share",
               "jobs_predicted")  # fmt: skip
    rows = []
    for product in page.rows("products"):
        found = headline(page, scenario, product["product"])
        rows.append((product.quote("title"), *(page.metric(found[metric]) for metric in metrics)))
    columns = (page.label("all_products.product"), *(page.words.name("metric", m) for m in metrics))
    return Table(f"all-{scenario}", page.say("all_products.title"), columns, tuple(rows),
                 page.say("all_products.source"), frozenset(range(1, 6)))  # fmt: skip


def comparison(page: Page) -> Table:
    """Every scenario beside the others, a product after another."""
    metrics = ("duty_change_usd_per_unit", "cost_change_share", "buyer_price_change_share",
               "volume_change_share", "jobs_predicted")  # fmt: skip
    rows = []
    for product in page.rows("products"):
        for scenario in page.rows("scenarios"):
            found = headline(page, scenario["scenario"], product["product"])
            rows.append(
                (product.quote("title"), scenario.quote("title"),
                 *(page.metric(found[metric]) for metric in metrics))
            )  # fmt: skip
    columns = (*page.labels("comparison.columns"), *(page.words.name("metric", m) for m in metrics))
    return Table("comparison", page.say("comparison.title"), columns, tuple(rows),
                 page.say("comparison.source"), frozenset({2, 3, 4, 5, 6}))  # fmt: skip


def numbers(page: Page, scenario: str, product: str) -> Table:
    """Headline numbers of a product, what drives each, and how sure its direction is."""
    rows: list[tuple[Text, ...]] = []
    for metric, row in headline(page, scenario, product).items():
        rows.append(
            (
                (row.name("metric", "metric"),),
                page.metric(row),
                drivers_text(page, scenario, product, metric),
                sure_text(page, scenario, product, metric),
            )
        )
    for row in page.rows("conclusions", scenario=scenario, product=product, metric=LEAD):
        turn = sure_text(page, scenario, product, LEAD)
        rows.append(
            ((page.label("numbers.cheapest"),), (row.value("statement", "route"),), (), turn)
        )
    return Table(f"numbers-{scenario}-{product}", page.say("numbers.title"),
                 page.labels("numbers.columns"), tuple(rows), _of_numbers(page, scenario, product),
                 frozenset({1}))  # fmt: skip


def what_would_change_it(page: Page, scenario: str, product: str) -> Table:
    """Headline numbers that change, how often their direction holds, and what turns it."""
    rows = [
        (
            (row.name("metric", "metric"),),
            page.metric(row),
            sure_text(page, scenario, product, metric),
            drivers_text(page, scenario, product, metric),
        )
        for metric, row in headline(page, scenario, product).items()
        if metric in ("duty_change_usd_per_unit", "cost_change_share", "volume_change_share",
                      "operating_profit_change_usd", "jobs_predicted")
    ]  # fmt: skip
    return Table(f"turns-{scenario}-{product}", page.say("turns.title"),
                 page.labels("turns.columns"), tuple(rows), _of_numbers(page, scenario, product),
                 frozenset({1}))  # fmt: skip


def _of_numbers(page: Page, scenario: str, product: str) -> Text:
    """What headline numbers are of, and the part of their jobs in the country of assembly."""
    return text_of(page.say("numbers.source"), jobs_at_home(page, scenario, product))


def firm_account(page: Page, scenario: str, product: str) -> Table:
    """The product's routes and their sum, today and under the scenario."""
    rows = page.rows("firm_results", scenario=scenario, product=product, level="product")
    cells = []
    for row in rows:
        form = page.words.apart(metric_form(row["metric"]), row["baseline"], row["central"])
        cells.append(
            (
                (row.name("metric", "account"),),
                (row.value("baseline", form),),
                row.span(form, "low", "central", "high"),
            )
        )
    return Table(f"account-{scenario}-{product}", page.say("account.title"),
                 page.labels("account.columns"), tuple(cells), page.say("account.source"),
                 frozenset({1, 2}))  # fmt: skip


def limits(page: Page, scenario: str, product: str) -> list[Block]:
    """Limits of a scenario with their rent and the duty that does the same, if there are any."""
    rows = page.rows("quotas", scenario=scenario, product=product)
    if not rows:
        return []
    cells = tuple(
        (
            row.quote("route_title"),
            (row.count("limit_units"),),
            (row.count("units_baseline"),),
            (row.count("units_central"),),
            (row.percent("binding_share"),),
            row.ends("usd", "rent_usd_per_unit"),
            row.ends("usd", "rent_usd"),
            row.ends("percent", "equivalent_rate"),
            row.quote("holder"),
        )
        for row in rows
    )
    return [
        Table(f"limits-{scenario}-{product}", page.say("limits.title"),
              page.labels("limits.columns"), cells, page.say("limits.source"),
              frozenset(range(1, 8)))
    ]  # fmt: skip


def every_route(page: Page, scenario: str, product: str) -> Table:
    """Landed cost, duty and volume of each route, before and after."""
    where = {"scenario": scenario, "product": product}
    before = {row["route"]: row for row in page.rows("landed_cost", case="baseline", **where)}
    units = {row["route"]: row for row in page.rows("volumes", **where)}
    rows = []
    for row in page.rows("landed_cost", case="scenario", **where):
        old, unit = before[row["route"]], units[row["route"]]
        rows.append(
            (
                row.quote("route_title"),
                (old.usd("landed_central"),),
                row.ends("usd", "landed"),
                (old.usd("duty_usd_per_unit"),),
                (row.usd("duty_usd_per_unit"),),
                (unit.count("units_baseline"),),
                unit.ends("count", "units"),
            )
        )
    scarce = [row for row in units.values() if row["capacity_worth_central"] > 0]
    worth = joined(
        "; ", (text_of(*r.quote("route_title"), " ", r.usd("capacity_worth_central"))
               for r in scarce)
    )  # fmt: skip
    source = page.say("routes.source")
    if worth:
        source = text_of(source, " ", page.say("routes.worth", worth=worth))
    return Table(f"routes-{scenario}-{product}", page.say("routes.title"),
                 page.labels("routes.columns"), tuple(rows), source,
                 frozenset(range(1, 7)))  # fmt: skip


def jobs_by_stage(page: Page, scenario: str, product: str) -> Table:
    """Jobs exposed and predicted by country and stage."""
    jobs = page.frame("jobs", scenario=scenario, product=product)
    jobs = jobs.sort_values("exposed_central", ascending=False, kind="stable").head(15)
    rows = tuple(
        (
            (row.name("country", "country"),),
            row.quote("part_title"),
            row.ends("count", "exposed"),
            row.ends("count", "predicted"),
        )
        for row in page.of("jobs", jobs)
    )
    return Table(f"stages-{scenario}-{product}", page.say("stages.title"),
                 page.labels("stages.columns"), rows, page.say("stages.source"),
                 frozenset({2, 3}))  # fmt: skip


def borders(page: Page, scenario: str, product: str, route: str) -> Table:
    """Borders on the way of one route, the dearest first."""
    where = {"scenario": scenario, "case": "scenario", "product": product, "route": route}
    rows = page.frame("ledger", **where).sort_values(
        "customs_value_usd", ascending=False, kind="stable"
    )
    head = page.rows("landed_cost", **where)[0]
    cells = tuple(
        (
            row.quote("part_title"),
            _border(page, row),
            joined(", ", (row.quote(name) for name in ("claim", "regime") if row[name]))
            or (page.label("borders.none"),),
            *((row.usd(name),) for name in (
                "customs_value_usd", "duty_usd", "suspended_usd", "drawn_back_usd", "fees_usd")),
        )
        for row in page.of("ledger", rows.head(15))
    )  # fmt: skip
    source = page.say("borders.source")
    factor = head["cascade_factor"]
    if factor == factor:
        source = text_of(
            source, " ", page.say("borders.cascade", factor=head.value("cascade_factor", "times"))
        )
    return Table(f"borders-{scenario}-{product}-{route}",
                 page.say("borders.title", route=head.quote("route_title")),
                 page.labels("borders.columns"), cells, source,
                 frozenset(range(3, 8)))  # fmt: skip


def _border(page: Page, row: Row) -> Text:
    """From where to where, and the origin where it is another country."""
    ends = {
        "start": row.name("dispatch", "country"),
        "end": row.name("importer", "country"),
        "origin": row.name("origin", "country"),
    }
    return page.say("borders.way_origin" if row["origin"] != row["dispatch"] else "borders.way",
                    **ends)  # fmt: skip


def origin_blocks(page: Page, scenario: str, product: str, shown: list[str]) -> list[Block]:
    """Tests of origin of the finished product on the routes that ship, and what would flip them."""
    where = {"scenario": scenario, "product": product}
    tests = page.frame("origin_tests", **where)
    legs = page.frame("legs", product=product)
    last = legs.loc[legs["to_part"] == "market", "part"]
    mine = page.of("origin_tests", tests[tests["route"].isin(shown) & tests["part"].isin(last)])
    if not mine:
        return []
    titles = {row["route"]: row.quote("route_title") for row in page.rows("landed_cost", **where)}
    cells = tuple(
        (
            titles[row["route"]],
            page.say("origin.claimed" if row["claimed"] else "origin.not_claimed",
                     agreement=row.value("agreement", "quote")),
            (row.name("test", "test"),),
            (page.label("origin.not_asked"),) if row["outcome"] == "not asked"
            else row.ends("percent", "measured"),
            (row.percent("threshold"),),
            page.say("origin.outcome", outcome=row.name("outcome", "outcome"),
                     alternative=row.value("alternative", "quote")),
        )
        for row in mine
    )  # fmt: skip
    blocks: list[Block] = [
        Table(f"origin-{scenario}-{product}", page.say("origin.title"),
              page.labels("origin.columns"), cells, page.say("origin.source"), frozenset({3, 4}))
    ]  # fmt: skip
    keys = ["route", "part", "dispatch", "importer", "agreement", "rule"]
    found = {tuple(key) for key in unsupported(tests)[keys].to_numpy()}
    # A claim is told once, on the first of its tests.
    once = tests.drop_duplicates(keys)
    weak = [
        row for row in page.of("origin_tests", once) if tuple(row[key] for key in keys) in found
    ]
    if weak:
        listed = joined(
            "; ",
            (
                page.say("origin.weak_one", part=row.value("part_title", "quote"),
                         route=text_of(*titles[row["route"]]), way=_border_of_test(page, row),
                         agreement=row.value("agreement", "quote"))
                for row in weak
            ),
        )  # fmt: skip
        blocks.append(page.say("origin.weak", listed=listed))
    changes = page.frame("origin_changes", **where)
    changes = changes[changes["route"].isin(shown)]
    for key, moved in changes.groupby(["route", "agreement", "direction"], sort=False):
        rows = page.of("origin_changes", moved)
        parts = joined(
            ", ",
            (
                text_of(*row.quote("part_title"), " (", row.name("country", "country"), ", ",
                        row.usd("value_usd"), ")")
                for row in rows
            ),
        )  # fmt: skip
        blocks.append(
            page.say("origin.to_fail" if str(key[2]) == "to fail" else "origin.to_pass",
                     route=text_of(*titles[str(key[0])]),
                     agreement=rows[0].value("agreement", "quote"),
                     needed=rows[0].usd("needed_usd"), parts=parts)
        )  # fmt: skip
    return blocks


def _border_of_test(page: Page, row: Row) -> Text:
    return page.say("borders.way", start=row.name("dispatch", "country"),
                    end=row.name("importer", "country"))  # fmt: skip


def law_that_speaks(page: Page, scenario: str, product: str) -> Table:
    """Every clause about the product at the market's border, and of its parts what is owed."""
    market = page.rows("products", product=product)[0]["market"]
    lines = page.frame("duty_lines", scenario=scenario, case="scenario", product=product,
                       importer=market)  # fmt: skip
    legs = page.frame("legs", product=product)
    whole = lines["part"].isin(legs.loc[legs["to_part"] == "market", "part"])
    # The product first, then its parts.
    lines = pd.concat([lines[whole], lines[~whole & (lines["status"] == "owed")]])
    columns = ["hts", "origin", "component", "action", "clause", "status", "rate", "kind", "base",
               "base_share", "left_share", "duty_rate", "provisional", "source"]  # fmt: skip
    rows = tuple(
        (
            text_of(*row.quote("hts"), " ", row.name("origin", "country")),
            (row.name("component", "component"),),
            text_of(*row.quote("action"), " " if row["clause"] else "", *row.quote("clause")),
            _status(page, row),
            page.say(f"law.{'all_in' if row['kind'] == 'all_in' else 'rate'}"
                     f"{'_part' if row['base_share'] < 1 else ''}",
                     rate=row.percent("rate"), base=row.name("base", "base"),
                     share=row.percent("base_share")),
            (row.percent("duty_rate"),),
            row.quote("source"),
        )
        for row in page.of("duty_lines", lines.loc[lines[columns].drop_duplicates().index])
    )  # fmt: skip
    return Table(f"law-{scenario}-{product}", page.say("law.title"), page.labels("law.columns"),
                 rows, page.say("law.source"), frozenset({5}))  # fmt: skip


def _status(page: Page, row: Row) -> Text:
    status: Piece = row.name("status", "status")
    return page.say("law.provisional", status=status) if row["provisional"] else (status,)


def assumptions(page: Page) -> Table:
    """All uncertain numbers with their ranges."""
    rows = tuple(
        (
            row.quote("title"),
            row.quote("unit"),
            *((row.value(end, "number"),) for end in ("low", "central", "high")),
            row.quote("grade"),
            row.quote("source"),
        )
        for row in page.rows("assumptions")
    )
    return Table("assumptions", page.say("assumptions.title"), page.labels("assumptions.columns"),
                 rows, page.say("assumptions.source"), frozenset({2, 3, 4}))  # fmt: skip


def sources(page: Page) -> Table:
    """Citations of the numbers that were used."""
    used = set(page.tables["assumptions"]["source"])
    frame = page.frame("sources")
    return _source_table(page, frame[frame["source_id"].isin(used)])


def _source_table(page: Page, frame: pd.DataFrame) -> Table:
    rows = tuple(
        tuple(row.quote(name) for name in ("source_id", "title", "publisher", "date", "address"))
        for row in page.of("sources", frame)
    )
    return Table("sources", page.say("sources.title"), page.labels("sources.columns"), rows)


def cited(page: Page, scenarios: list[str]) -> Table:
    """Sources of the inputs that drive the headline numbers."""
    drivers = page.tables["drivers"]
    inputs = set(drivers.loc[drivers["scenario"].isin(scenarios), "input"])
    register = page.tables["assumptions"]
    used = set(register.loc[register["id"].isin(inputs), "source"])
    frame = page.frame("sources")
    return _source_table(page, frame[frame["source_id"].isin(used)])


def provisional(page: Page, scenario: str, product: str) -> list[Block]:
    """A warning where a duty of the scenario rests on a list that was only proposed."""
    lines = page.frame("duty_lines", scenario=scenario, case="scenario", product=product)
    mine = lines[lines["provisional"]]
    if mine.empty:
        return []
    once = mine.loc[mine["title"].drop_duplicates().index]
    titles = joined(", ", (row.quote("title") for row in page.of("duty_lines", once)))
    return [page.say("law.warning", titles=titles)]


def shown_routes(page: Page, scenario: str, product: str) -> list[str]:
    """The routes that ship, at most two; the rest stand in the table."""
    volumes: pd.DataFrame = page.frame("volumes", scenario=scenario, product=product)
    ranked = volumes[volumes["units_baseline"] > 0].sort_values(
        "units_baseline", ascending=False, kind="stable"
    )
    return [str(route) for route in ranked["route"][:2]]
