"""The part of a report about industries, plants and workers, from the tables of a result."""

from __future__ import annotations

from exposure.axes import USA
from exposure.reports.description import Block, Table, Text, joined, text_of
from exposure.reports.figures import board_bars, cost_bars, jobs_three
from exposure.reports.page import Page, Row, metric_form

COUNTRY_METRICS = ("shipped_usd", "shipped_change_usd", "value_added_change_share", "jobs_exposed",
                   "jobs_predicted")  # fmt: skip


def has_industries(page: Page, scenario: str) -> bool:
    """Whether the run asked the industries."""
    table = page.tables["country_results"]
    return len(table) > 0 and bool((table["scenario"] == scenario).any())


def industry_blocks(page: Page, scenario: str) -> list[Block]:
    """Blocks about sectors and their costs."""
    blocks: list[Block] = [
        page.say("industries.intro"), _coverage(page, scenario), _bridge(page, scenario),
    ]  # fmt: skip
    blocks.append(cost_bars.draw(page, scenario))
    blocks += _boards(page, scenario)
    blocks += [abroad(page, scenario)]
    if len(page.frame("firms_in_sectors", scenario=scenario)):
        blocks.append(inside(page, scenario))
    return blocks


def job_blocks(page: Page, scenario: str) -> list[Block]:
    """Blocks about workers: the three numbers by country, and plants."""
    figure = jobs_three.draw(page, scenario)
    blocks: list[Block] = [page.say("industries.three"), countries(page, scenario)]
    blocks += [figure] if figure else []
    if len(page.frame("plants", scenario=scenario)):
        blocks.append(plants(page, scenario))
    return blocks


def _boards(page: Page, scenario: str) -> list[Block]:
    """Boards in which a duty changes, and a line that names the others."""
    blocks: list[Block] = []
    still = []
    for code in _countries_of(page, "boards", scenario):
        if board_bars.moves(page, scenario, code, other=False):
            blocks.append(board_bars.draw(page, scenario, code))
        if board_bars.moves(page, scenario, code):
            blocks.append(board(page, scenario, code))
        else:
            rows = page.rows("boards", scenario=scenario, country=code)
            still.append(text_of(rows[0].name("country", "country")))
    if still:
        blocks.append(page.say("boards.still", countries=joined(", ", still)))
    return blocks


def _countries_of(page: Page, name: str, scenario: str) -> list[str]:
    table = page.tables[name]
    return [str(code) for code in table.loc[table["scenario"] == scenario, "country"].unique()]


def _coverage(page: Page, scenario: str) -> Text:
    """How much of the imports has no known rate, and what American buyers pay more."""
    total = page.rows("import_coverage", scenario=scenario)[0]
    rates = page.frame("sector_rates", scenario=scenario)
    dark = rates[rates["rate_after"].isna() & (rates["industry"] != "unassigned")]
    dark = dark[dark["origin"] != "EUX"].sort_values("imports_usd", ascending=False, kind="stable")
    most = joined(
        ", ",
        (
            page.say("industries.of", industry=row.name("industry", "industry"),
                     country=row.name("origin", "country"))
            for row in page.of("sector_rates", dark.head(3))
        ),
    )  # fmt: skip
    prices = {
        row["metric"]: page.metric(row)
        for row in page.rows("country_results", scenario=scenario, country=USA)
    }
    return page.say("industries.coverage", total=total.usd("imports_usd"),
                    unknown=total.usd("unknown_usd"),
                    largest=page.say("industries.largest", most=most) if most else (),
                    direct=prices["final_price_direct_share"],
                    inputs=prices["final_price_inputs_share"])  # fmt: skip


def _bridge(page: Page, scenario: str) -> Text:
    """What a change of an industry is of, beside that of a product, and how much the one holds."""
    listed = joined(
        "; ",
        (
            page.say("industries.bridge_part", part=row.percent("exports_share"),
                     industry=row.name("industry", "industry"),
                     country=row.name("country", "country"))
            for row in page.rows("firms_in_sectors", scenario=scenario)
            if row["exports_share"] > 0
        ),
    )  # fmt: skip
    parts = page.say("industries.bridge_parts", listed=listed) if listed else ()
    return page.say("industries.bridge", parts=parts)


def countries(page: Page, scenario: str) -> Table:
    """A line a country."""
    rows = []
    for code in _countries_of(page, "country_results", scenario):
        mine = {
            row["metric"]: row
            for row in page.rows("country_results", scenario=scenario, country=code)
        }
        any_row = next(iter(mine.values()))
        rows.append(
            ((any_row.name("country", "country"),),
             *(_country_cell(page, mine.get(metric)) for metric in COUNTRY_METRICS))
        )  # fmt: skip
    return Table(f"countries-{scenario}", page.say("countries.title"),
                 page.labels("countries.columns"), tuple(rows), page.say("countries.source"),
                 frozenset(range(1, 6)))  # fmt: skip


def _country_cell(page: Page, row: Row | None) -> Text:
    if row is None:
        return ()
    if row["metric"] == "value_added_change_share":
        return (row.value("median", metric_form(row["metric"])),)
    return page.metric(row)


def board(page: Page, scenario: str, code: str) -> Table:
    """Exports to the United States by group of goods."""
    rows = [
        (
            (row.count("rank"),), row.quote("title"), (row.usd("exports_usd"),),
            () if row["stated_usd"] != row["stated_usd"] else (row.usd("stated_usd"),),
            (row.percent("rate_before"),), (row.percent("rate_after"),),
            (row.usd("duty_change_usd"),), (row.percent("duty_over_value_added"),),
            () if row["board"] == "other" else row.ends("count", "jobs"),
        )
        for row in page.rows("boards", scenario=scenario, country=code)
    ]  # fmt: skip
    total = page.rows("board_totals", scenario=scenario, country=code)[0]
    return Table(f"board-{scenario}-{code}",
                 page.say("boards.table", country=total.name("country", "country")),
                 page.labels("boards.table_columns"), tuple(rows),
                 page.say("boards.table_source", total=total.usd("exports_usd")),
                 frozenset({0, *range(2, 9)}))  # fmt: skip


def abroad(page: Page, scenario: str) -> Table:
    """Sectors of other countries that lose or gain most."""
    rows = tuple(
        (
            (row.name("country", "country"),), (row.name("industry", "industry"),),
            (row.usd("shipped_usd"),), row.ends("usd", "shipped_change_usd"),
            row.ends("percent", "output_change_share"), row.ends("count", "predicted"),
        )
        for row in page.rows("sectors_abroad", scenario=scenario)
    )  # fmt: skip
    return Table(f"abroad-{scenario}", page.say("abroad.title"), page.labels("abroad.columns"),
                 rows, page.say("abroad.source"), frozenset(range(2, 6)))  # fmt: skip


def plants(page: Page, scenario: str) -> Table:
    """Plants and how near they are to closing."""
    rows = tuple(
        (
            row.quote("title"), row.quote("region"), row.ends("count", "tail_plant"),
            row.ends("count", "tail_suppliers"), row.ends("times", "coverage_before"),
            row.ends("times", "coverage"), (row.percent("stops_before_share"),),
            (row.percent("stops_share"),),
        )
        for row in page.rows("plants", scenario=scenario)
    )  # fmt: skip
    return Table(f"plants-{scenario}", page.say("plants.title"), page.labels("plants.columns"),
                 rows, page.say("plants.source"), frozenset(range(2, 8)))  # fmt: skip


def stated(page: Page, scenario: str) -> Table:
    """Numbers of jobs that others state, beside ours."""
    rows = tuple(
        (
            text_of(row.name("country", "country"), ": ", row.value("name", "plain_name"), ", ",
                    row.name("kind", "stated_kind")),
            (row.count("stated"),), row.span("count", "low", "central", "high"),
            (row.count("exposed"),), (row.count("predicted"),),
            () if row["suppliers"] != row["suppliers"] else (row.count("suppliers"),),
            row.quote("note"),
        )
        for row in page.rows("stated_jobs", scenario=scenario)
    )  # fmt: skip
    return Table(f"stated-{scenario}", page.say("stated.title"), page.labels("stated.columns"),
                 rows, page.say("stated.source"), frozenset(range(1, 6)))  # fmt: skip


def inside(page: Page, scenario: str) -> Table:
    """Firms inside their sectors."""
    found = page.rows("firms_in_sectors", scenario=scenario)
    rows = tuple(
        (
            text_of(row.name("country", "country"), ": ", row.name("industry", "industry")),
            (row.usd("firm_exports_usd"),), (row.usd("sector_exports_usd"),),
            (row.percent("exports_share"),), (row.count("firm_jobs"),),
            (row.count("sector_jobs_exposed"),), (row.percent("jobs_share"),),
        )
        for row in found
        if row["firm_exports_usd"] > 0
    )  # fmt: skip
    over = joined(
        "; ",
        (
            text_of(row.name("country", "country"), " ", row.name("industry", "industry"))
            for row in found
            if not row["within"]
        ),
    )
    source = page.say("inside.over", over=over) if over else page.say("inside.within")
    return Table(f"inside-{scenario}", page.say("inside.title"), page.labels("inside.columns"),
                 rows, source, frozenset(range(1, 7)))  # fmt: skip
