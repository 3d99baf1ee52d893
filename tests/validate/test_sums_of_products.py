"""Sums of cells of products, firms and countries: shares, accounts, gaps and revenue by hand."""

import math

import pytest

from exposure.validate import arithmetic
from exposure.validate.arithmetic import CHECKS

NAN = math.nan
CAR = {"scenario": "s", "product": "car"}


def made(check, tables):
    return {(row, column): number for row, column, number in check(tables)}


def route(name, before, after, **more):
    return {**CAR, "route": name, "units_baseline": before, "units_central": after, **more}


# --- volumes and the headline ------------------------------------------------------------------


def test_shares_are_units_over_their_sum():
    """60 and 40 before, 30 and 20 after: the same shares of a smaller market."""
    found = made(
        arithmetic.volumes, {"volumes": [route("sea", 60.0, 30.0), route("air", 40.0, 20.0)]}
    )
    assert found == {(0, "share_baseline"): 0.6, (0, "share_central"): 0.6,
                     (1, "share_baseline"): 0.4, (1, "share_central"): 0.4}  # fmt: skip


def test_a_product_that_nobody_sells_has_no_shares():
    assert made(arithmetic.volumes, {"volumes": [route("sea", 0.0, 0.0)]}) == {}


def test_a_product_of_unknown_volume_has_no_shares():
    rows = [route("sea", NAN, NAN), route("air", 4.0, 4.0)]
    assert made(arithmetic.volumes, {"volumes": rows}) == {}


def headline(metrics, routes, duties, account=()):
    return {
        "headline": [{**CAR, "metric": name, "central": NAN} for name in metrics],
        "volumes": routes,
        "landed_cost": [
            {**CAR, "case": case, "route": name, "duty_usd_per_unit": usd}
            for (case, name), usd in duties.items()
        ],
        "jobs": [{**CAR, "exposed_central": 10.0, "predicted_central": -2.0},
                 {**CAR, "exposed_central": 5.0, "predicted_central": 0.5}],
        "firm_results": [
            {**CAR, "level": "product", "metric": name, "central": usd} for name, usd in account
        ],
    }  # fmt: skip


ROUTES = [
    route("sea", 60.0, 30.0, share_baseline=0.6),
    route("air", 40.0, 20.0, share_baseline=0.4),
]
DUTIES = {("baseline", "sea"): 0.0, ("baseline", "air"): 5.0, ("scenario", "sea"): 10.0,
          ("scenario", "air"): 5.0}  # fmt: skip
WANTED = {
    "duty_bill_usd": 400.0,  # 30 at 10 and 20 at 5
    "duty_bill_change_usd": 200.0,  # less 40 at 5
    "duty_usd_per_unit": 8.0,  # 0.6 * 10 + 0.4 * 5, at the routes of today
    "duty_change_usd_per_unit": 6.0,
    "volume_change_share": -0.5,
    "jobs_exposed": 15.0,
    "jobs_predicted": -1.5,
}


@pytest.mark.parametrize("metric", sorted(WANTED))
def test_headline_by_hand(metric):
    found = made(arithmetic.headline, headline([metric], ROUTES, DUTIES))
    assert found == {(0, "central"): pytest.approx(WANTED[metric])}


def test_what_the_firm_pays_is_what_its_account_says():
    account = [("buyers_pays_usd", 12.0), ("operating_profit_change_usd", -7.0)]
    tables = headline([name for name, _ in account], ROUTES, DUTIES, account)
    assert made(arithmetic.headline, tables) == {(0, "central"): 12.0, (1, "central"): -7.0}


def test_a_metric_of_which_nothing_follows_is_left_alone():
    assert made(arithmetic.headline, headline(["cost_change_share"], ROUTES, DUTIES)) == {}


def test_a_product_that_is_not_sold_today_is_not_added_up():
    empty = [route("sea", 0.0, 0.0, share_baseline=NAN)]
    assert made(arithmetic.headline, headline(["duty_bill_usd"], empty, DUTIES)) == {}


def test_a_closed_route_does_not_carry_its_unknown_duty_into_the_bill():
    closed = [*ROUTES, route("rail", 0.0, 0.0, share_baseline=0.0)]
    duties = DUTIES | {("scenario", "rail"): NAN, ("baseline", "rail"): NAN}
    found = made(arithmetic.headline, headline(["duty_bill_usd"], closed, duties))
    assert found[0, "central"] == 400.0


# --- the firm's account ------------------------------------------------------------------------


def entry(level, metric, central, product="car", route="", baseline=0.0):
    return {"scenario": "s", "firm": "F", "level": level, "product": product, "route": route,
            "metric": metric, "central": central, "baseline": baseline}  # fmt: skip


def test_products_are_sums_of_routes_and_firms_of_products():
    rows = [
        entry("route", "units", 3.0, route="sea", baseline=5.0),
        entry("route", "units", 1.0, route="air", baseline=1.0),
        entry("product", "units", NAN),
        entry("product", "units", 10.0, product="van", baseline=2.0),
        entry("firm", "units", NAN, product=""),
        entry("route", "units", 10.0, product="van", route="sea", baseline=2.0),
    ]
    found = made(arithmetic.firm_results, {"firm_results": rows})
    assert found[2, "central"] == 4.0
    assert found[2, "baseline"] == 6.0
    assert math.isnan(found[4, "central"])  # a product that is not known is part of the firm
    assert found[4, "baseline"] == 2.0
    rows[2]["central"] = 4.0
    assert made(arithmetic.firm_results, {"firm_results": rows})[4, "central"] == 14.0


def test_mean_cost_of_a_product_is_weighted_by_what_is_sold():
    """3 at 100 and 1 at 140: 110; a route that sells nothing may cost what it wants."""
    rows = [
        *(entry("route", "units", n, route=name) for name, n in (("sea", 3.0), ("air", 1.0), ("rail", 0.0))),
        *(entry("route", "landed_usd_per_unit", usd, route=name)
          for name, usd in (("sea", 100.0), ("air", 140.0), ("rail", NAN))),
        entry("product", "units", 4.0),
        entry("product", "landed_usd_per_unit", NAN),
        entry("firm", "landed_usd_per_unit", NAN, product=""),
    ]  # fmt: skip
    found = made(arithmetic.firm_results, {"firm_results": rows})
    assert found[7, "central"] == pytest.approx(110.0)
    assert not [key for key in found if key[0] == 8], "a firm of many products has no mean cost"


def test_a_mean_over_nothing_sold_is_not_said():
    rows = [entry("route", "units", 0.0, route="sea"),
            entry("route", "landed_usd_per_unit", 100.0, route="sea"),
            entry("product", "landed_usd_per_unit", NAN)]  # fmt: skip
    assert made(arithmetic.firm_results, {"firm_results": rows}) == {}


def test_jobs_of_a_country_are_those_of_its_stages():
    stages = [{**CAR, "country": country, "exposed_central": work, "predicted_central": -work / 10}
              for country, work in (("MEX", 20.0), ("MEX", 30.0), ("USA", 7.0))]  # fmt: skip
    rows = [{**CAR, "country": name} for name in ("USA", "MEX")]
    found = made(arithmetic.jobs_whole, {"jobs": stages, "product_jobs": rows})
    assert found == pytest.approx({(0, "exposed_central"): 7.0, (1, "exposed_central"): 50.0,
                                   (0, "predicted_central"): -0.7, (1, "predicted_central"): -5.0})  # fmt: skip


def test_rent_of_a_quota_is_that_of_a_unit_times_units():
    row = {"rent_usd_per_unit_central": 2.5, "units_central": 40.0}
    assert made(arithmetic.quotas, {"quotas": [row]}) == {(0, "rent_usd_central"): 100.0}


def test_duty_over_landed_cost_is_weighted_by_the_routes_of_today():
    """0.75 of 10 on 110 and 0.25 of 0 on 90: 7.5 of 105; a route with no share is not asked."""
    costs = [{**CAR, "case": "scenario", "route": name, "duty_usd_per_unit": duty,
              "landed_central": cost}
             for name, duty, cost in (("sea", 10.0, 110.0), ("air", 0.0, 90.0), ("rail", NAN, NAN))]  # fmt: skip
    shares = [route(name, 1.0, 1.0, share_baseline=share)
              for name, share in (("sea", 0.75), ("air", 0.25), ("rail", 0.0))]  # fmt: skip
    found = made(arithmetic.product_duty,
                 {"landed_cost": costs, "volumes": shares, "product_duty": [CAR]})  # fmt: skip
    assert found == {(0, "scenario_share"): pytest.approx(7.5 / 105.0)}


# --- countries ---------------------------------------------------------------------------------


def test_a_board_adds_up_what_is_known_and_no_known_good_is_not_nought():
    goods = [{"scenario": "s", "country": country, "exports_usd": 5.0, "duty_change_usd": usd}
             for country, usd in (("KOR", NAN), ("KOR", 2.0), ("KOR", 1.0), ("VNM", NAN))]  # fmt: skip
    rows = [{"scenario": "s", "country": name} for name in ("KOR", "VNM", "JPN")]
    found = made(arithmetic.board_totals, {"boards": goods, "board_totals": rows})
    assert found[0, "exports_usd"] == 15.0
    assert found[0, "duty_change_usd"] == 3.0
    assert math.isnan(found[1, "duty_change_usd"])
    assert math.isnan(found[2, "exports_usd"])


def test_a_country_is_the_sum_of_its_industries():
    industries = [{"scenario": "s", "country": "MEX", "shipped_usd": usd,
                   "shipped_change_usd_central": -1.0, "value_added_change_usd_central": NAN}
                  for usd in (40.0, 2.0)]  # fmt: skip
    rows = [{"scenario": "s", "country": "MEX", "metric": name}
            for name in ("shipped_usd", "shipped_change_usd", "value_added_change_usd", "jobs")]  # fmt: skip
    found = made(arithmetic.country_results, {"sector_output": industries, "country_results": rows})
    assert found == {(0, "central"): 42.0, (1, "central"): -2.0}


def test_three_kinds_of_workers_add_up():
    row = {"direct_share": 0.02, "home_share": 0.03, "abroad_share": 0.01}
    found = made(arithmetic.country_jobs, {"country_jobs": [row]})
    assert found == {(0, "exposed_share"): pytest.approx(0.06)}


# --- scenarios and rivals side by side -----------------------------------------------------------

HEADLINE = [
    {"scenario": name, "product": product, "metric": metric, "central": number}
    for name, product, metric, number in (
        ("s", "car", "duty_usd_per_unit", 10.0), ("s", "van", "duty_usd_per_unit", 4.0),
        ("t", "car", "duty_usd_per_unit", 3.0), ("t", "van", "duty_usd_per_unit", 9.0))
]  # fmt: skip


def test_a_difference_is_a_scenario_less_the_first_and_a_firm_is_its_products():
    """3 - 10 and 9 - 4; together -7 + 5 as the rows of products state them."""
    head = {"scenario": "t", "against": "s", "firm": "F", "metric": "duty_usd_per_unit"}
    rows = [{**head, "level": "product", "product": "car", "central": -7.0},
            {**head, "level": "product", "product": "van", "central": 5.0},
            {**head, "level": "firm", "product": "", "central": NAN}]  # fmt: skip
    found = made(arithmetic.differences, {"headline": HEADLINE, "differences": rows})
    assert [found[n, "central"] for n in range(3)] == [-7.0, 5.0, -2.0]


def test_a_gap_is_one_product_less_the_other_and_turns_with_them():
    row = {"scenario": "s", "product": "car", "rival": "van", "metric": "duty_gap_usd_per_unit"}
    other = {**row, "product": "van", "rival": "car"}
    unknown = {**row, "metric": "rank"}
    found = made(arithmetic.rivals, {"headline": HEADLINE, "rivals": [row, other, unknown]})
    assert found == {(0, "central"): 6.0, (1, "central"): -6.0}


def test_revenue_is_duty_times_units_of_its_own_case():
    """Sea: 10 a unit on 30 after, 2 on 60 before; air sells nothing, so its duty may be unknown."""
    head = {**CAR, "importer": "USA"}
    ledger = [{**head, "route": name, "case": case, "duty_usd": usd}
              for name, case, usd in (("sea", "baseline", 2.0), ("sea", "scenario", 10.0),
                                      ("air", "baseline", NAN), ("air", "scenario", NAN))]  # fmt: skip
    rows = [{**head, "baseline_usd": 120.0, "scenario_usd": 300.0}]
    volumes = [route("sea", 60.0, 30.0), route("air", 0.0, 0.0)]
    found = made(arithmetic.revenue, {"volumes": volumes, "ledger": ledger, "revenue": rows})
    assert found == {(0, "baseline_usd"): 120.0, (0, "scenario_usd"): 300.0,
                     (0, "change_usd"): 180.0}  # fmt: skip


def test_parts_of_an_attribution_add_up_by_both_rules():
    head = {"old": "s", "new": "t", "by": "measures", "product": "car", "metric": "m"}
    rows = [{**head, "part_central": 26.25, "sequential": 25.0},
            {**head, "part_central": 11.25, "sequential": 12.5}]  # fmt: skip
    assert list(arithmetic.attribution({"attribution": rows})) == [
        (0, "total", 37.5), (1, "total", 37.5)] * 2  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_finds_nothing_wrong_with_empty_tables(name):
    """But for a first scenario, which every run has."""
    names = {*CHECKS, "legs", "nodes", "jobs", "boards", "sector_output"}
    tables = {table: [] for table in names} | {"scenarios": [{"scenario": "s"}]}
    assert list(CHECKS[name](tables)) == []
