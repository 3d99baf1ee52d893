"""Gathers one description from the tables of a result; html and pdf give it form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exposure.errors import QueryError
from exposure.reports import blocks as made
from exposure.reports.backtest_blocks import score_blocks
from exposure.reports.blocks import FULL, MOST, change, headline, shown_routes
from exposure.reports.compare_blocks import attribution_blocks, compare_blocks
from exposure.reports.description import (
    Block,
    Figure,
    Heading,
    Report,
    Section,
    Table,
    Text,
    joined,
    text_of,
)
from exposure.reports.figures import (
    drivers,
    duty_waterfall,
    jobs_bars,
    law_timeline,
    overview,
    quarter_bars,
    route_map,
    value_sankey,
)
from exposure.reports.industry_blocks import has_industries, industry_blocks, job_blocks, stated
from exposure.reports.page import Page, Row, Tables
from exposure.reports.sure import drivers_text, sure_text
from exposure.reports.words import words

KINDS = ("full", "brief")
KEY_METRICS = ("duty_bill_usd", "cost_change_share", "volume_change_share")
METHOD = ("law", "routes", "demand", "sectors", "jobs", "ranges")
Maker = Callable[[Page, str, str], list[Block]]


def describe(tables: Tables, kind: str = "full", language: str = "en") -> Report:
    """The report of a result with one scenario or several.

    Parameters
    ----------
    tables
        Those of a result.
    kind
        ``full`` or ``brief``.
    language
        ``en``, ``ko`` or ``ja``.

    Raises
    ------
    QueryError
        If there is no such kind or language.
    """
    if kind not in KINDS:
        raise QueryError(f"no kind {kind!r} of report", "", f"known: {', '.join(KINDS)}")
    page = Page(tables, words(language))
    scenarios = page.rows("scenarios")
    several = len(scenarios) > 1
    sections = _full(page, scenarios) if kind == "full" else _brief(page, scenarios)
    first = scenarios[0]
    told = [(row, product) for row in scenarios for product in _foremost(page, row["scenario"])]
    title = page.say("report.several", count=page.length("scenarios")) if several else (
        first.quote("title"))  # fmt: skip
    questions = [row.quote("question") for row in scenarios if row["question"]]
    return Report(
        kind=kind,
        language=language,
        title=title,
        question=text_of(*(piece for text in questions for piece in (*text, " "))),
        answers=tuple(_answer(page, *pair, several=several) for pair in told),
        citations=tuple(_citations(page, *pair) for pair in told),
        key_figures=tuple(_key_figures(page, first, several=several)),
        sections=tuple(sections),
        notices=tuple(_notices(page, scenarios)),
    )


def _notices(page: Page, scenarios: Sequence[Row]) -> list[Text]:
    """The two days of law, what the ranges are, and in what language sentences stand."""
    found = []
    for row in scenarios:
        text = page.say(_intro(row), law=row.value("law_on", "quote"),
                        known=row.value("law_known_on", "quote"),
                        baseline=row.value("baseline_on", "quote"))  # fmt: skip
        ranges = page.say("report.ranges", draws=row.count("draws"))
        text = text_of(text, " ", ranges if row["draws"] else page.say("report.no_draws"))
        found.append(text_of(text, " ", row.quote("note")) if row["note"] else text)
    if any(row["draws"] for row in scenarios):
        found.append(page.say("report.drivers"))
    if len(page.tables["products"]) <= FULL:
        found += [made.grades(page, product) for product in page.rows("products")]
    if page.words.code != "en":
        found.append(page.say("report.language"))
    return found


def _intro(scenario: Row) -> str:
    """Key of the sentence about the laws of a scenario and of its baseline."""
    same, known = made.same_law(scenario), scenario["law_known_on"]
    if same:
        return "report.intro_same" if known in ("", scenario["law_on"]) else (
            "report.intro_same_known")  # fmt: skip
    return "report.intro_known" if known else "report.intro"


def _answer(page: Page, scenario: Row, product: Row, *, several: bool) -> Text:
    one = product["product"]
    text = headline(page, scenario["scenario"], one)
    under = page.say("report.under_same" if made.same_law(scenario) else "report.under",
                     baseline=scenario.value("baseline_on", "quote"))  # fmt: skip
    answer = page.say(
        "report.answer_of_several" if several else "report.answer",
        scenario=scenario.value("title", "quote"),
        product=product.value("title", "quote"),
        duty=page.metric(text["duty_usd_per_unit"]),
        unit=product.value("unit", "quote"),
        change=change(page, text["duty_change_usd_per_unit"], "duty"),
        under=under,
        cost=change(page, text["cost_change_share"], "change"),
        price=change(page, text["buyer_price_change_share"], "change"),
        volume=change(page, text["volume_change_share"], "volume"),
        predicted=change(page, text["jobs_predicted"], "jobs"),
        exposed=page.metric(text["jobs_exposed"]),
        home=made.jobs_at_home(page, scenario["scenario"], one),
        buyers=page.metric(text["buyer_pays_usd"]),
        importers=page.metric(text["importer_pays_usd"]),
        exporters=page.metric(text["exporter_pays_usd"]),
    )
    return text_of(answer, _certainty(page, scenario["scenario"], one))


def _citations(page: Page, scenario: Row, product: Row) -> Text:
    """Sources of the clauses that are owed at the market's border, each once."""
    lines = page.frame("duty_lines", scenario=scenario["scenario"], case="scenario",
                       product=product["product"], importer=product["market"])  # fmt: skip
    owed = lines[lines["status"] == "owed"].drop_duplicates("source")
    return joined("; ", (row.quote("source") for row in page.of("duty_lines", owed)))


def _certainty(page: Page, scenario: str, product: str) -> Text:
    """Drivers and reversal of the change of volume, or of the first number that changes."""
    for metric in ("volume_change_share", "cost_change_share", "jobs_predicted"):
        found = drivers_text(page, scenario, product, metric)
        if found:
            return page.say(
                "report.certainty",
                metric=page.words.name("metric", metric),
                drivers=found,
                turn=sure_text(page, scenario, product, metric),
            )
    turn = sure_text(page, scenario, product, "volume_change_share")
    name = page.words.name("metric", "volume_change_share")
    return page.say("report.turn_only", metric=name, turn=turn) if turn else ()


def _foremost(page: Page, scenario: str) -> list[Row]:
    """All products, or of many those with the largest duty a year."""
    rows = page.rows("products")
    if len(rows) <= FULL:
        return rows
    bills = page.frame("headline", scenario=scenario, metric="duty_bill_usd")
    first = bills.sort_values("central", ascending=False, kind="stable")["product"].head(3)
    return [row for name in first for row in rows if row["product"] == name]


def _key_figures(page: Page, scenario: Row, *, several: bool) -> list[tuple[Text, Text]]:
    """Name and value of a few numbers; of several scenarios those of the first, which is named."""
    found = []
    products = _foremost(page, scenario["scenario"])
    metrics = KEY_METRICS if len(products) == 1 else KEY_METRICS[:1]
    for product in products:
        text = headline(page, scenario["scenario"], product["product"])
        for metric in metrics:
            name = page.say("report.key_of_several" if several else "report.key",
                            scenario=scenario.value("title", "quote"),
                            product=product.value("title", "quote"),
                            metric=text[metric].name("metric", "metric"))  # fmt: skip
            found.append((name, page.metric(text[metric])))
    return found


def _brief(page: Page, scenarios: Sequence[Row]) -> list[Section]:
    """Question and answer stand on top; then picture, table, what would change it, sources."""
    names = [row["scenario"] for row in scenarios]
    products = page.rows("products")
    pictures: list[Block] = []
    table: list[Block] = [made.comparison(page)] if len(names) > 1 else []
    turns: list[Block] = []
    for name in names:
        if len(products) > 1:
            pictures.append(overview.draw(page, name))
            table.append(made.all_products(page, name))
        for product in _foremost(page, name):
            one = product["product"]
            if len(products) == 1:
                pictures.append(duty_waterfall.draw(page, name, one))
                pictures += _drawn(drivers.draw(page, name, one))
                table += [made.numbers(page, name, one), made.every_route(page, name, one)]
            else:
                turns.append(Heading(product.quote("title"), 2))
                turns.append(made.what_would_change_it(page, name, one))
            turns += made.provisional(page, name, one)
    if len(names) > 1:
        table += compare_blocks(page)
    parts: list[tuple[str, list[Block]]] = [
        ("picture", pictures),
        ("answer", table),
        ("attribution", attribution_blocks(page)),
        ("turns", turns),
        ("caveat", [page.say("report.caveat")]),
        ("backtest", score_blocks(page)),
        ("glossary", [glossary(page, brief=True)]),
        ("sources", [made.cited(page, names)]),
    ]
    return [_section(page, key, blocks) for key, blocks in parts if blocks]


def _full(page: Page, scenarios: Sequence[Row]) -> list[Section]:
    """A part a theme; in it scenario by scenario, product by product."""
    products = page.rows("products")
    pairs = len(products) * len(scenarios)
    many = pairs > FULL
    sections = []
    if len(scenarios) > 1:
        sections.append(_section(page, "compare", [made.comparison(page), *compare_blocks(page)]))
    whose = attribution_blocks(page)
    if whose:
        sections.append(_section(page, "attribution", whose))
    if len(products) > 1:
        found: list[Block] = []
        for row in scenarios:
            found += _headed(page, row, scenarios)
            found += [
                overview.draw(page, row["scenario"]),
                made.all_products(page, row["scenario"]),
            ]
        sections.append(_section(page, "overview", found))
    themes: dict[str, Maker] = {"products": _one_of_many} if many else {
        "law": _law, "routes": _routes, "duties": _duties, "firm": _firm,
    }  # fmt: skip
    if pairs > MOST:
        sections.append(_section(page, "products", [page.say("report.too_many")]))
        themes = {}
    for key, maker in themes.items():
        sections.append(_section(page, key, _by_product(page, scenarios, products, maker)))
    asked = [row for row in scenarios if has_industries(page, row["scenario"])]
    if asked:
        blocks: list[Block] = []
        for row in asked:
            blocks += [*_headed(page, row, asked), *industry_blocks(page, row["scenario"])]
        sections.append(_section(page, "sectors", blocks))
    jobs: list[Block] = [] if many else _by_product(page, scenarios, products, _jobs)
    for row in asked:
        jobs += [*_headed(page, row, asked), *job_blocks(page, row["scenario"])]
    if jobs:
        sections.append(_section(page, "jobs", jobs))
    if not many:
        sections.append(
            _section(page, "sensitivity", _by_product(page, scenarios, products, _sensitivity))
        )
    others: list[Block] = [
        stated(page, row["scenario"])
        for row in asked
        if page.rows("stated_jobs", scenario=row["scenario"])
    ]
    if others:
        sections.append(_section(page, "stated", others))
    sections.append(
        _section(page, "method", [page.say("report.caveat"),
                                  *(page.say(f"method.{key}") for key in METHOD)])
    )  # fmt: skip
    known = score_blocks(page)
    if known:
        sections.append(_section(page, "backtest", known))
    sections.append(_section(page, "register", [made.assumptions(page)]))
    sections.append(_section(page, "glossary", [glossary(page)]))
    sections.append(_section(page, "sources", [made.sources(page)]))
    return sections


def _section(page: Page, key: str, blocks: Sequence[Block]) -> Section:
    return Section(key, page.say(f"section.{key}"), tuple(blocks))


def _headed(page: Page, scenario: Row, all_of_them: Sequence[Row]) -> list[Block]:
    """The scenario's title, where there are several."""
    return [Heading(scenario.quote("title"), 2)] if len(all_of_them) > 1 else []


def _by_product(
    page: Page, scenarios: Sequence[Row], products: Sequence[Row], maker: Maker
) -> list[Block]:
    blocks: list[Block] = []
    for row in scenarios:
        blocks += _headed(page, row, scenarios)
        for product in products:
            if len(products) > 1:
                level = 3 if len(scenarios) > 1 else 2
                blocks.append(Heading(product.quote("title"), level))
            blocks += maker(page, row["scenario"], product["product"])
    return blocks


def _one_of_many(page: Page, scenario: str, product: str) -> list[Block]:
    return [
        *_note(page, product),
        *made.provisional(page, scenario, product),
        made.numbers(page, scenario, product),
        *made.limits(page, scenario, product),
        made.every_route(page, scenario, product),
    ]


def _note(page: Page, product: str) -> list[Block]:
    note = page.rows("products", product=product)[0].quote("note")
    return [note] if note else []


def _law(page: Page, scenario: str, product: str) -> list[Block]:
    return [
        *made.provisional(page, scenario, product),
        *_drawn(law_timeline.draw(page, scenario, product)),
        made.law_that_speaks(page, scenario, product),
    ]


def _routes(page: Page, scenario: str, product: str) -> list[Block]:
    shown = shown_routes(page, scenario, product)
    blocks: list[Block] = [*_note(page, product), made.every_route(page, scenario, product)]
    blocks += [route_map.draw(page, scenario, product, route) for route in shown[:1]]
    blocks += [value_sankey.draw(page, scenario, product, route) for route in shown]
    return blocks + made.origin_blocks(page, scenario, product, shown)


def _duties(page: Page, scenario: str, product: str) -> list[Block]:
    blocks: list[Block] = [duty_waterfall.draw(page, scenario, product)]
    return blocks + [
        made.borders(page, scenario, product, route)
        for route in shown_routes(page, scenario, product)[:1]
    ]


def _firm(page: Page, scenario: str, product: str) -> list[Block]:
    return [
        made.firm_account(page, scenario, product),
        *_drawn(quarter_bars.draw(page, scenario, product)),
        *made.limits(page, scenario, product),
    ]


def _jobs(page: Page, scenario: str, product: str) -> list[Block]:
    return [
        jobs_bars.draw(page, scenario, product),
        made.jobs_by_stage(page, scenario, product),
    ]


def _sensitivity(page: Page, scenario: str, product: str) -> list[Block]:
    return [
        made.numbers(page, scenario, product),
        *_drawn(drivers.draw(page, scenario, product)),
    ]


def _drawn(figure: Figure | None) -> list[Block]:
    return [figure] if figure else []


def glossary(page: Page, *, brief: bool = False) -> Table:
    """Words and their meaning; a brief leaves out those of the method alone."""
    keys = page.words.keys("glossary")
    left_out = {"armington", "leontief", "section_201", "section_338", "rent"} if brief else set()
    rows = tuple(
        tuple((part,) for part in page.labels(f"glossary.{key}"))
        for key in keys
        if key not in {"title", "columns"} | left_out
    )
    return Table("glossary", page.say("glossary.title"), page.labels("glossary.columns"), rows)
