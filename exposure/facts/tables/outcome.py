"""Forms of the tables of outcomes: what came, and what the back-test promises and scores."""

from __future__ import annotations

from typing import get_args

from exposure.facts.documents.outcomes import Outcome
from exposure.facts.tables.forms import (
    INF,
    choice,
    cited,
    column,
    country,
    day,
    flag,
    form,
    grade,
    number,
    ordered,
    rule,
    schema,
    slug,
    text,
    triple,
    words,
    year,
)

KINDS = get_args(Outcome)
COVERS = ("all", "part", "none")
DEFINITIONS = ("profit", "net", "unpublished")
MONTH = r"\d{4}-(0[1-9]|1[0-2])"
PERIOD = rf"\d{{4}}(Q[1-4]|FY)|{MONTH}(/{MONTH})?"


def _period() -> object:
    return form("When", PERIOD, "2025Q2, 2025FY, 2025-06 or 2025-04/2025-12")


def _days() -> dict[str, object]:
    """Both clocks of a fact."""
    return {
        "published_on": day("Day of publication"),
        "known_on": day("Day from which all can know it; a prediction knows the law of the day "
                        "before"),
    }  # fmt: skip


def _maybe(name: str, what: str, low: float, high: float) -> dict[str, object]:
    """Low, central, high, empty where nothing was published: that is not zero."""
    ends = {"low": "low end", "central": "centre", "high": "high end"}
    return {
        f"{name}{key}": number(f"{what}, {end}", low, high, nullable=True)
        for key, end in ends.items()
    }


def _cited(*, noted: bool = True) -> dict[str, object]:
    note = {"note": text("In our words", empty=True)} if noted else {}
    return {"grade": grade(), "source": cited(), **note}


OUTCOMES = {
    "firm_bills": schema(
        "outcomes/firm_bills.csv",
        "What a firm said that duties cost it in a period, or that it said nothing.",
        ["outcome"],
        {
            "outcome": slug("Name of ours"),
            "firm": text("Firm"),
            "products": words("Products of ours that stand for it"),
            "covers": choice("Whether they are all that the figure is about", COVERS),
            "period": _period(),
            **_maybe("value_", "Units of `currency`", 0, INF),
            "currency": form("Currency", "[A-Z]{3}", "three letters"),
            "exchange_rate": slug("Row of `exchange_rates`; empty: US dollars", empty=True),
            "definition": choice(
                "profit: cost in operating profit, so with goods sold; net: less the firm's "
                "offsets; unpublished: no figure",
                DEFINITIONS,
            ),
            **_days(),
            **_cited(),
        },
        *ordered("value_"),
        rule(
            "value_central",
            "empty where `definition` is unpublished, and only there",
            lambda t: t["value_central"].isna() == (t["definition"] == "unpublished"),
        ),
        rule(
            "exchange_rate",
            "given where `currency` is not USD, and only there",
            lambda t: (t["exchange_rate"] == "") == (t["currency"] == "USD"),
        ),
    ),
    "exchange_rates": schema(
        "outcomes/exchange_rates.csv",
        "Mean exchange rate of a period.",
        ["exchange_rate"],
        {
            "exchange_rate": slug("Name of ours"),
            "currency": form("Currency", "[A-Z]{3}", "three letters"),
            "period": _period(),
            **triple("", "Units of the currency for one US dollar", 0, INF),
            **_cited(),
        },
        *ordered(),
    ),
    "observed": schema(
        "outcomes/observed.csv",
        "Change of exports to the United States, or of their price, against the year before.",
        ["outcome"],
        {
            "outcome": slug("Name of ours"),
            "kind": choice("What changed", ("exports_value", "exports_units", "price_index")),
            "exporter": country("Exporter"),
            "goods": text("What is exported"),
            "products": words("Products of ours that stand for it; empty: none"),
            "period": _period(),
            "level": number("Level [see `unit`]", 0, INF, nullable=True),
            "unit": text("Unit of the level", empty=True),
            **triple("change_", "Fraction of the year before", -1, 10),
            **_days(),
            **_cited(),
        },
        *ordered("change_"),
    ),
    "forecasts": schema(
        "outcomes/forecasts.csv",
        "What someone else said beforehand.",
        ["forecast"],
        {
            "forecast": slug("Name of ours"),
            "forecaster": text("Who"),
            "outcome": slug("Outcome that it is about; empty: none that we have", empty=True),
            "about": text("What it is about"),
            **_maybe("", "Value [see `unit`]", -INF, INF),
            "unit": text("Unit"),
            "published_on": day("Day of publication"),
            **_cited(),
        },
        *ordered(),
    ),
    "duties_collected": schema(
        "outcomes/duties_collected.csv",
        "Duties collected on what came from a country.",
        ["outcome"],
        {
            "outcome": slug("Name of ours"),
            "country": country("Country of origin"),
            "goods": text("Which goods"),
            "period": _period(),
            "duty_usd": number("USD", 0, INF, nullable=True),
            "rate": number("Fraction of imports", 0, 10, nullable=True),
            **_days(),
            **_cited(),
        },
    ),
    "unit_values": schema(
        "outcomes/unit_values.csv",
        "Exports in value and units, to ask whether a bill that someone stated can be true.",
        ["unit_value"],
        {
            "unit_value": slug("Name of ours"),
            "product": slug("Product of ours that it is about"),
            "forecast": slug("Bill that was stated, of `forecasts`"),
            "value_usd": number("USD a year", 0, INF),
            "units": number("Units a year", 0, INF),
            "year": year(),
            **_cited(),
        },
    ),
    "backtest_bands": schema(
        "outcomes/bands.yaml",
        "What the back-test promises of a kind of outcome; written before it was run.",
        ["kind"],
        {
            "kind": choice("Kind of outcome", KINDS),
            "title": text("The same in words"),
            "written": day("Day on which the band was written"),
            "interval": number("Level of the intervals", 0, 1),
            "coverage_low": number("Least share inside the intervals", 0, 1, nullable=True),
            "coverage_high": number("Largest share inside the intervals", 0, 1, nullable=True),
            "bias_most": number("Largest absolute bias, of what was observed", 0, 1),
            "beats": words("Naive rules that err more"),
            "least": column(int, "Outcomes to be judged by", "1 or more", lambda v: v >= 1),
            "reason": text("Why this band"),
        },
    ),
    "backtest_diagnoses": schema(
        "outcomes/diagnoses.csv",
        "What explains the errors of a kind of outcome; written after the run.",
        ["kind"],
        {"kind": choice("Kind of outcome", KINDS), "diagnosis": text("In our words")},
    ),
    "backtest_revisions": schema(
        "outcomes/revisions.csv",
        "What was changed after a comparison, with the scores that the kind had before.",
        ["revised_on", "kind"],
        {
            "revised_on": day("Day of the change"),
            "kind": choice("Kind of outcome", KINDS),
            "what": text("What was changed"),
            "reason": text("Why it is no fit to the outcomes"),
            "known_by": day("Day by which the facts behind it were published"),
            "coverage": number("Share inside the intervals, before", 0, 1, nullable=True),
            "bias": number("Bias, before", -10, 1e3, nullable=True),
            "mape": number("Mean absolute error, before", 0, 1e3, nullable=True),
        },
    ),
    "backtest_scores": schema(
        "outcomes/scores.csv",
        "How the model did on a kind of outcome; made by `python -m exposure.validate.backtest`.",
        ["kind"],
        {
            "kind": choice("Kind of outcome", KINDS),
            "title": text("The same in words"),
            "n": column(int, "Outcomes scored", "0 or more", lambda v: v >= 0),
            "least": column(int, "Outcomes to be judged by", "1 or more", lambda v: v >= 1),
            "coverage": number("Share inside the intervals", 0, 1, nullable=True),
            "coverage_low": number("Its band, least", 0, 1, nullable=True),
            "coverage_high": number("Its band, largest", 0, 1, nullable=True),
            "bias": number("Sum predicted less observed, of observed", -10, 1e3, nullable=True),
            "bias_most": number("Its band", 0, 1),
            "mape": number("Mean absolute error, of each outcome", 0, 1e3, nullable=True),
            "naive_statutory": number("The same of the statutory rule", 0, 1e3, nullable=True),
            "naive_unchanged": number("The same of no change", 0, 1e3, nullable=True),
            "crps": number("Ranked probability score, of the mean outcome", 0, 1e3, nullable=True),
            "judged": flag("Whether there are enough outcomes"),
            "met": flag("Whether every band is met; false where not judged"),
            "missed": words("Bands that are missed"),
            "diagnosis": text("What explains the errors", empty=True),
        },
    ),
}
