"""The ledger of crossings: by hand on a tiny world, and adding up on the shipped one."""

import numpy as np
import pytest

import exposure as ex
from tests import tiny

KEYS = ["scenario", "case", "product", "route"]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    world = ex.load(tiny.write(tmp_path_factory.mktemp("data")))
    return ex.run(world, "tariff", draws=0)


@pytest.fixture(scope="module")
def shipped():
    return ex.run(ex.load(), "law-today", draws=0)


def test_rows_by_hand(result):
    """Body half from Korea, engine from the US, 5 % into Mexico on value and freight; the car at
    25 % of what is not American (see the pipeline's test), 27.5 % if it claimed nothing."""
    rows = result.table("ledger").query("case == 'scenario'").set_index(["part", "dispatch"])
    body, car = rows.loc[("body", "KOR")], rows.loc[("assembly", "MEX")]
    assert body["value_usd"] == pytest.approx(1500)
    assert body["freight_usd"] == pytest.approx(30)
    assert body["customs_value_usd"] == pytest.approx(1530)
    assert body["duty_usd"] == pytest.approx(76.5)
    assert body["duty_upstream_usd"] == body["duty_on_duty_usd"] == body["suspended_usd"] == 0
    gate, upstream = 3000 + 7000 * 1.02 * 1.05, 7000 * 1.02 * 0.05
    paid = 0.25 * (gate - 5500)
    assert car["customs_value_usd"] == pytest.approx(gate)
    assert car["duty_upstream_usd"] == pytest.approx(upstream)
    assert car["duty_usd"] == pytest.approx(paid)
    assert car["suspended_usd"] == pytest.approx(0.275 * gate - paid)
    assert car["duty_on_duty_usd"] == pytest.approx(paid / gate * upstream)
    total = result.table("landed_cost").query("case == 'scenario'").iloc[0]
    both = paid + upstream
    assert total["cascade_factor"] == pytest.approx(both / (both - paid / gate * upstream))


def test_fees_by_hand(tmp_path):
    """Without a claim an entry of 100,000 pays 0.3 %, 300 USD, within 30 and 600; by sea 0.1 %
    more. An entry of 1,000 pays the least, 30 USD, 3 %; one of a million the most, 0.06 %."""
    claim = (
        "{part: assembly, into_country: USA, attributes: {claim: usmca, approved: true}, source: s}"
    )
    for size, share in ((100_000, 0.003), (1_000, 0.03), (1_000_000, 0.0006)):
        root = tiny.write(
            tmp_path / str(size),
            parameters__yaml=(
                "low: 10000, central: 100000, high: 1000000",
                f"low: {size}, central: {size}, high: {size}",
            ),
            firms__car__yaml=(
                "freight_share: {low: 0.01, central: 0.02, high: 0.03, grade: D, source: s}\n"
                "    crossings:\n      - " + claim,
                "freight_share: {low: 0.01, central: 0.02, high: 0.03, grade: D, source: s}\n"
                "    arrives_by: sea",
            ),
        )
        rows = ex.run(ex.load(root), "tariff", draws=0).table("ledger")
        car = rows.query("part == 'assembly' and case == 'scenario'").iloc[0]
        assert car["fees_usd"] == pytest.approx((share + 0.001) * car["customs_value_usd"])


def test_drawback_is_given_back_and_shown(tmp_path):
    rule = (
        "{part: assembly, into_country: USA,",
        "{part: engine, into_country: MEX, drawback: 0.8, source: s}\n"
        "      - {part: assembly, into_country: USA,",
    )
    plain = ex.run(ex.load(tiny.write(tmp_path / "a")), "tariff", draws=0)
    back = ex.run(ex.load(tiny.write(tmp_path / "b", firms__car__yaml=rule)), "tariff", draws=0)
    engine = back.table("ledger").query("part == 'engine' and case == 'scenario'").iloc[0]
    duty = 4000 * 1.02 * 0.05
    assert engine["duty_charged_usd"] == pytest.approx(duty)
    assert engine["drawn_back_usd"] == pytest.approx(0.8 * duty)
    assert engine["duty_usd"] == pytest.approx(0.2 * duty)
    trace = ex.explain(back, "duty", product="car", route="mexico")
    told = trace.steps[trace.steps["text"].str.startswith("given back")]
    assert told["amount_usd"].tolist() == [pytest.approx(-0.8 * duty)]
    saved = [
        r.table("landed_cost").query("case == 'baseline'")["landed_central"].iloc[0]
        for r in (plain, back)
    ]
    assert saved[0] - saved[1] == pytest.approx(0.8 * duty * 1.02)


def test_value_is_conserved_on_every_shipped_route(shipped):
    cost = shipped.table("landed_cost").set_index(KEYS)
    book = shipped.table("ledger")
    duty = book.groupby(KEYS)["duty_usd"].sum().reindex(cost.index, fill_value=0.0)
    np.testing.assert_allclose(duty, cost["duty_usd_per_unit"], rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(
        book["duty_charged_usd"] - book["drawn_back_usd"], book["duty_usd"], atol=1e-9
    )
    whole = cost["value_added_usd_per_unit"] + cost["freight_usd_per_unit"] + duty
    np.testing.assert_allclose(whole, cost["landed_central"], rtol=1e-12)
    assert (cost["cascade_factor"].dropna() >= 1 - 1e-12).all()
    assert (book["duty_on_duty_usd"] <= book["duty_usd"] + 1e-9).all()


def test_a_regime_shows_what_it_suspends(shipped):
    rows = shipped.table("ledger").query("case == 'scenario' and product == 'mobis-module-mexico'")
    module = rows.query("part == 'assembly' and regime == 'prosec'").iloc[0]
    assert module["duty_usd"] == 0
    assert module["suspended_usd"] > 0.2 * module["customs_value_usd"]


def test_content_views_add_up_and_agree(shipped):
    views = shipped.table("content_views")
    sums = views.groupby(["product", "route", "view"])["share_central"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-12)
    k4 = views.query("product == 'kia-k4' and route == 'pesqueria' and view == 'country'")
    assert k4.set_index("key")["share_central"]["USA"] == pytest.approx(0.4065, abs=5e-4)
