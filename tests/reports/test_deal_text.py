"""Bargains and contradictions in the terminal: numbers, what is endless, what is not known."""

import pandas as pd
import pytest

from exposure.reports.deal_text import (
    FREE,
    SUMMARY,
    answer,
    bargain_text,
    conflicts_text,
    formula_text,
)

NAN, ENDLESS = float("nan"), float("inf")


def cells(line):
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def bargain(kind, **tables):
    head = {"bargain": ["pact"], "kind": [kind], "title": ["A pact"], "question": ["Is it worth it?"],
            "note": ["Illustrative."]}  # fmt: skip
    return bargain_text({"bargains": pd.DataFrame(head), **tables}).split("\n")


def test_a_bargain_begins_with_its_question_and_ends_with_its_note():
    told = bargain("stance", stance=stance())
    assert told[:3] == ["pact: A pact", "  Is it worth it?", ""]
    assert told[-2:] == ["", "  Illustrative."]


# --- deals -----------------------------------------------------------------------------------


def deal_tables(**changes):
    """Every number of the summary is 1 to 3, central 2, but those that change."""
    units = dict.fromkeys(SUMMARY, "USD")
    units |= {"rate_instead": "share", "rate_under": "share", "break_even_duty": "year",
              "return_needed_duty": "share", "duty_per_dollar": "USD per USD",
              "jobs_exposed_home": "persons"}  # fmt: skip
    rows = [
        {"deal": "pact", "metric": metric, "unit": units[metric],
         **dict(zip(("low", "central", "high"), changes.get(metric, (1.0, 2.0, 3.0)), strict=True))}
        for metric in SUMMARY
    ]  # fmt: skip
    firms = {"deal": "pact", "product": ["van", "car"], "profit_change_usd_central": [1e6, NAN]}
    for name in ("duty_saved_usd", "buyers_keep_usd", "importers_keep_usd", "exporters_keep_usd"):
        for end, times in (("low", 1), ("central", 2), ("high", 3)):
            firms[f"{name}_{end}"] = [times * 1e6, times * 2e6]
    sectors = {"deal": "pact", "industry": ["cars", "steel"], "duty_saved_usd": [3e6, NAN],
               "known_share": [0.5, 0.0]}  # fmt: skip
    for name in ("shipped_change_usd", "jobs_predicted"):
        sectors |= {f"{name}_{end}": [10.0, NAN] for end in ("low", "central", "high")}
    formula = {"deal": ["pact", "pact"], "country": ["KOR", "JPN"], "purchases_usd": [1e9, 0.0],
               "formula_rate": 0.5, "announced_rate": 0.25, "rate_with_purchases": 0.49,
               "usd_per_point": 1e8}  # fmt: skip
    return {
        "deal_summary": pd.DataFrame(rows), "deal_firms": pd.DataFrame(firms),
        "deal_sectors": pd.DataFrame(sectors), "deal_formula": pd.DataFrame(formula),
    }  # fmt: skip


def summary(**changes):
    """Lines of the summary by their titles."""
    told = bargain("deal", **deal_tables(**changes))
    return {cells(line)[0]: cells(line)[-1] for line in told[4 : told.index("", 4)]}


def test_a_number_of_a_deal_has_its_range_in_its_unit():
    found = summary(jobs_exposed_home=(1000.0, 2000.0, 3000.0), pledged_usd=(3.5e11,) * 3)
    assert found["mean rate with it"] == "200.0 % (100.0 % to 300.0 %)"
    assert found["duty saved a year, trade as it is"] == "USD 2.00 (USD 1.00 to USD 3.00)"
    assert found["jobs exposed at home"] == "2,000 (1,000 to 3,000)"
    assert found["pledged"] == "USD 350.00 bn"
    assert len(found) == len(SUMMARY)


@pytest.mark.parametrize(
    ("metric", "title", "ends", "said"),
    [
        # What is never paid for, what any return pays for, what costs nothing.
        ("break_even_duty", "paid for by duty saved from", (2027.0, 2029.0, ENDLESS),
         "2029 (2027 to never)"),
        ("break_even_duty", "paid for by duty saved from", (ENDLESS,) * 3, "never"),
        ("return_needed_duty", "return needed, duty saved", (0.0, 0.05, ENDLESS),
         "5.0 % (0.0 % to any)"),
        ("duty_per_dollar", "duty saved per dollar of cost", (0.5, 1.25, FREE + 1),
         "1.25 (0.50 to no cost)"),
        ("duty_per_dollar", "duty saved per dollar of cost", (NAN, NAN, NAN), "not known"),
        ("break_even_duty", "paid for by duty saved from", (NAN, NAN, NAN), "not known"),
    ],
)  # fmt: skip
def test_what_has_no_number_is_a_word(metric, title, ends, said):
    assert summary(**{metric: ends})[title] == said


def test_a_share_of_draws_is_left_out_where_there_are_none():
    title = "draws in which the gain pays for it"
    assert summary()[title] == "USD 2.00 (USD 1.00 to USD 3.00)"
    found = summary(npv_gain_positive_share=(NAN, NAN, NAN))
    assert title not in found
    assert found["jobs predicted at home"] == "USD 2.00 (USD 1.00 to USD 3.00)"


def test_products_and_industries_stand_by_what_they_save():
    told = bargain("deal", **deal_tables())
    start = next(place for place, line in enumerate(told) if line.startswith("pact: products"))
    assert cells(told[start + 1]) == ["car", "USD 4.0 m (USD 2.0 m to USD 6.0 m)", "USD 4.0 m",
                                      "USD 4.0 m", "USD 4.0 m", "not known"]  # fmt: skip
    assert cells(told[start + 2])[0] == "van"
    assert cells(told[start + 5]) == ["cars", "USD 3.0 m", "50.0 %", "USD 10.00", "10"]
    assert not any("steel" in line for line in told), "what saves nothing that is known"


def test_the_formula_is_told_where_somebody_buys_more():
    text = " ".join(bargain("deal", **deal_tables()))
    assert (
        "Formula of 2 April 2025 for Korea: 50.0 %, announced 25.0 %; with purchases of USD 1.00 bn "
        "more in a year, all of them new: 49.0 %. USD 100.0 m a year take off one percentage point."
    ) in text
    assert "Japan" not in text


def test_the_formula_country_by_country():
    table = pd.DataFrame(
        {"country": ["KOR", "XYZ"], "deficit_usd": [6e10, NAN], "imports_usd": [1.2e11, 1e6],
         "formula_rate": [0.5, NAN], "rounded_rate": [0.25, 0.1], "announced_rate": [0.25, 0.1],
         "usd_per_point": [2.4e9, NAN]}
    )  # fmt: skip
    told = formula_text(table).split("\n")
    assert cells(told[1]) == ["Korea", "USD 60.00 bn", "USD 120.00 bn", "50.0 %", "25.0 %", "25.0 %",
                              "USD 2.40 bn"]  # fmt: skip
    assert cells(told[2]) == ["XYZ", "not known", "USD 1.0 m", "not known", "10.0 %", "10.0 %",
                              "not known"]  # fmt: skip


# --- the others ------------------------------------------------------------------------------


def test_offers_that_another_beats_are_counted_and_not_shown():
    clauses = {"title": ["Cars"], "alone_relief_usd": [2e6], "alone_revenue_forgone_usd": [1e6],
               "relief_per_dollar_low": [1.0], "relief_per_dollar_central": [2.0],
               "relief_per_dollar_high": [3.0], "last_relief_usd": [1e6],
               "last_revenue_forgone_usd": [5e5]}  # fmt: skip
    offers = {"offer": ["none", "cars", "steel"], "dominated": [False, False, True],
              "relief_usd": [0.0, 2e6, 1e6], "relief_products_usd": [0.0, 1e6, NAN],
              "jobs_predicted_home_central": [0.0, 12.0, 1.0],
              "jobs_predicted_importer_central": [0.0, -3.0, 1.0]}  # fmt: skip
    offers |= {f"revenue_forgone_usd_{end}": [0.0, 1e6, 1e6] for end in ("low", "central", "high")}
    told = bargain(
        "frontier", frontier_clauses=pd.DataFrame(clauses), frontier=pd.DataFrame(offers)
    )
    assert cells(told[4]) == ["Cars", "USD 2.0 m", "USD 1.0 m", "2.00 (1.00 to 3.00)",
                              "USD 1.0 m for USD 500,000"]  # fmt: skip
    assert cells(told[8]) == ["cars", "USD 2.0 m", "USD 1.0 m", "USD 1.0 m", "12", "-3"]
    assert "3 offers, 1 of them beaten by another" in told
    assert not any(line.startswith("steel") for line in told)


def stance():
    """Two actions each; only (cut, keep) is an equilibrium, and there Korea replies best."""
    rows = [
        {"reading": reading, "player": player, "first_action": first, "second_action": second,
         "payoff_usd_low": pay, "payoff_usd_central": pay, "payoff_usd_high": pay,
         "best_reply": first == "cut" and (player == "KOR" or second == "keep"),
         "equilibrium": (first, second) == ("cut", "keep"), "equilibrium_share": 0.75}
        for reading in ("duty", "gain")
        for first in ("cut", "hold") for second in ("keep", "raise")
        for player, pay in (("USA", 1e6), ("KOR", -2e6))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_stance_has_a_line_for_each_pair_of_actions():
    told = bargain("stance", stance=stance())
    assert cells(told[3]) == ["duty saved", "United States", "Korea", "best replies", "equilibrium"]
    assert cells(told[4]) == ["cut / keep", "USD 1.0 m", "USD -2.0 m", "United States, Korea",
                              "yes, 75.0 % of draws"]  # fmt: skip
    assert cells(told[5]) == ["cut / raise", "USD 1.0 m", "USD -2.0 m", "Korea",
                              "no, 75.0 % of draws"]  # fmt: skip
    assert cells(told[6])[-1] == "no, 75.0 % of draws"
    assert told[8] == "" and cells(told[9])[0] == "gain at home"


def test_a_stance_without_draws_says_no_share_of_them():
    table = stance().assign(equilibrium_share=NAN)
    assert cells(bargain("stance", stance=table)[4])[-1] == "yes"


def test_waiting_without_draws_says_no_share_of_them():
    row = {"reading": "gain", "given": "chances as stated", "settle_usd_central": 1e6,
           "wait_usd_central": 2e6, "switch_chance": NAN,
           "settle_less_wait_usd_central": -1e6}  # fmt: skip
    branch = {"title": "Ruling", "from": "2027-01-01", "chance_all_low": NAN,
              "chance_all_central": 0.5, "chance_all_high": NAN}  # fmt: skip
    for reading in ("duty", "gain"):
        branch |= {f"{side}_{reading}_usd_central": 1e6 for side in ("settled", "waited")}
    row |= {"settle_less_wait_usd_low": NAN, "settle_less_wait_usd_high": NAN}
    for share, shown in ((NAN, False), (0.0, True)):
        row["settle_better_share"] = share
        told = bargain("wait", wait=pd.DataFrame([row]), wait_branches=pd.DataFrame([branch]))
        assert ("0.0 %" in cells(told[7])) is shown, told


# --- contradictions --------------------------------------------------------------------------


def statement(**changes):
    made = {"topic": "a", "title": "Tariff of April", "stated": "50 %", "stated_by": "Somebody",
            "kind": "formula", "metric": "formula_rate", "subject": "Korea", "low": 0.4,
            "central": 0.5, "high": 0.6}  # fmt: skip
    return {**made, **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Rate by the formula, Korea: 50.0 % (40.0 % to 60.0 %)"),
        ({"kind": "nothing"}, "nothing in the model reads it"),
        (
            {"metric": "break_even_duty", "low": 2030.0, "central": ENDLESS, "high": ENDLESS},
            "Paid for by duty saved from, Korea: never (2030 to never)",
        ),
        (
            {"metric": "annual_cost_usd", "low": 1e9, "central": 1e9, "high": 1e9},
            "Cost of the deal a year, Korea: USD 1.00 bn",
        ),
        ({"metric": "of_nobody", "central": NAN}, "of nobody, Korea: not known"),
    ],
)
def test_what_a_statement_gives(changes, said):
    assert answer(statement(**changes)) == said


def test_statements_stand_below_what_they_dispute():
    table = pd.DataFrame([statement(), statement(stated="25 %", kind="nothing"),
                          statement(topic="b", title="Jobs", kind="nothing")])  # fmt: skip
    told = conflicts_text(table).split("\n")
    assert told[0] == "Tariff of April"
    assert cells(told[1]) == ["stated", "by", "gives"]
    assert cells(told[3]) == ["25 %", "Somebody", "nothing in the model reads it"]
    assert told[4:6] == ["", "Jobs"]
    assert conflicts_text(table.iloc[:0]) == ""
