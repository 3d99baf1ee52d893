"""Every row of the benchmark files through the product's code, within the row's own tolerance.

The files lie beside the shared data and are not part of the project. A model of theirs has an
adapter here, which arranges a row's inputs for the kernels and names their answers; or it stands in
`ELSEWHERE` or `NO_INPUTS` with the reason. A model that has neither fails.
"""

import csv
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from exposure.economy.border_tax import Lines, linear_market
from exposure.economy.closure import PricePath, exit_trigger, shut_down
from exposure.economy.jobs import exposed, own_wage_elasticity, per_unit, wage_and_output
from exposure.economy.protection import effective_protection
from exposure.economy.quota import import_quota, linear_demand, tariff_rate_quota
from exposure.economy.relocation import Move, annuity, break_even_survival, present_value
from exposure.economy.sectors import coefficients, duty_cost, leontief, multipliers
from exposure.economy.stock import first_in_first_out
from exposure.model.attribute import shapley
from exposure.model.parity import lower_envelope
from exposure.validate import scores
from tests.chains import chain
from tests.textbook import estimate_rows, response_rows

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("EXPOSURE_SHARED", ROOT.parent / "shared" / "data"))
FILES = [SHARED.parent / "research" / name for name in
         ("ECON_BENCHMARKS.csv", "ECON_BENCHMARKS_2.csv")]  # fmt: skip


def arrays(row, *names):
    return [np.array([row[name]], dtype=float) for name in names]


def route(row):
    stages = row["stages"]
    done = chain(
        [stage["add"] for stage in stages],
        [stage["rate"] for stage in stages],
        drawback=[stage.get("drawback", 0.0) for stage in stages],
        # An exempt amount is what the first stage has added.
        exempt_home=any(stage.get("exempt") == stages[0]["add"] for stage in stages),
    )
    charged = (done.customs_value * done.rate)[0]
    net = done.duty.sum()
    return {
        "landed": done.value[0, -1],
        "duties": charged,
        "refund": charged.sum() - net,
        "net_duty": net,
        "effective_rate": net / sum(stage["add"] for stage in stages),
    }


def erp(row):
    share, rate = np.array(row["inputs"]).T
    return {"erp": effective_protection(np.array([row["t_out"]]), share[None], rate[None])}


def erp_car(row):
    share, rates = np.array([row["steel"] / row["P"]]), np.array([[0.0], [0.2]])
    none, steel = effective_protection(np.full(2, row["t"]), share, rates)
    return {"no input duty": none, "steel 20%": steel}


def erp_cloth(row):
    numerator, denominator = map(float, row["t_yarn"].split("/"))
    rates = np.array([[numerator / denominator, 0.0]])
    shares = np.array([[row["yarn"], row["fibre"]]])
    np.testing.assert_allclose(1 - shares.sum(), row["va"])
    return {"ERP": effective_protection(np.array([row["t"]]), shares, rates)}


def landed_cost(row):
    freight = (row["freight"] + row["insurance"]) / row["fob"]
    done = chain([row["fob"]], [row["duty_rate"]], freight=[freight], cif=row["basis"] == "cif")
    return {"duty": done.duty[0, 0], "landed": done.value[0, -1]}


def market_names(done):
    return {
        "p0": done.free_price, "p1": done.price, "q0": done.free_imports, "q1": done.imports,
        "pass_through": done.pass_through, "revenue": done.revenue, "deadweight": done.deadweight,
        "tot_gain": done.terms_of_trade, "consumer_loss": -done.consumers,
        # As the second file calls them.
        "P": done.price, "M": done.imports, "rev": done.revenue, "CS": done.consumers,
        "PS": done.producers, "DWL": done.deadweight,
    }  # fmt: skip


def linear_tariff(row):
    """D = a - b P at home, S = c + d P abroad."""
    a, b, c, d, t = arrays(row, *"abcdt")
    return market_names(linear_market(Lines(a, b, 0 * a, 0 * a, -c / d, 1 / d), t, 0 * t))


def small_country(row):
    """Lines in words: D "240-2P", S "20+P"."""
    (a, b), (c, d) = (re.fullmatch(r"(\d+)[+-](\d*)P", row[key]).groups() for key in "DS")
    # A slope that is not written is 1.
    lines = [np.array([float(value)]) for value in (a, b or 1, c, d or 1, row["Pw"], 0)]
    rate = np.array([row["t"]])
    return market_names(linear_market(Lines(*lines), 0 * rate, rate))


def incidence(row):
    """Lines through a price and a volume of 1 with these elasticities."""
    supply, demand = np.array(next(iter(row.values()))).T
    none = 0 * supply
    lines = Lines(1 + demand, demand, none, none, 1 - 1 / supply, 1 / supply)
    return linear_market(lines, none + 0.01, none).pass_through


def quota_linear(row):
    a, b, price, quota = arrays(row, "a", "b", "pw", "quota")
    done = import_quota(price, quota, linear_demand(a, b))
    return {
        "binding": done.binds, "price": done.price, "equiv_specific": done.specific,
        "equiv_advalorem": done.ad_valorem, "rent": done.rent, "deadweight": done.deadweight,
    }  # fmt: skip


def trq(row):
    a, b, price, quota, low, high = arrays(row, "a", "b", "pw", "quota", "t_in", "t_out")
    done = tariff_rate_quota(price, quota, low, high, linear_demand(a, b))
    return {"q": done.units, **{key: getattr(done, key) for key in
                                ("price", "regime", "rent", "revenue")}}  # fmt: skip


def leontief_quantity(row):
    table = (
        np.array(row["A"]) if "A" in row else coefficients(np.array(row["Z"]), np.array(row["x"]))
    )
    system = leontief(table)
    found = {"x": system.output(np.array([row["f"]], dtype=float))[0], "L": system.inverse()}
    if "jobs" in row:
        total, type_one = multipliers(system, np.array([row["jobs"]]))
        found |= {"multiplier_per_output": total[0], "type1": type_one[0]}
    return found


def leontief_price(row):
    return {"p": leontief(np.array(row["A"])).price(np.array([row["v"]]) + row["cost_add"])[0]}


def leontief_labour(row):
    """The row names labour coefficients and the rise in words; the table is that of LEO-01."""
    words = re.fullmatch(r"labour \((\.\d+),(\.\d+)\) \+(\d+)%", row["shock"])
    labour, rise = np.array([float(words[1]), float(words[2])]), float(words[3]) / 100
    table = np.array([[0.15, 0.25], [0.20, 0.05]])
    return {"p": leontief(table).price(np.array([row["v"] + labour * rise]))[0]}


def tariff_price_io(row):
    direct = duty_cost(np.array(row["Am"]), np.array([row["duty"]]))
    return {"direct": direct[0], "total": leontief(np.array(row["Ad"])).price(direct)[0]}


def labour(row):
    elasticity = own_wage_elasticity(*arrays(row, "sigma", "sL", "eta"))
    jobs, output, wage = arrays(row, "L0", "dlnY", "dlnw")
    change = wage_and_output(jobs, output, wage, elasticity)
    return {"own_wage_elasticity": elasticity, "dlnL": np.log1p(change / jobs), "jobs": change}


def job_exposure(row):
    """Billions of won and jobs a billion: a million holds a thousandth of them."""
    value, one = np.array([row["KRW_bn"] * 1e9]), np.ones(1)
    return {key: exposed(per_unit(value, one * row[name] / 1e3), one) for key, name in
            (("direct", "coef"), ("total", "ind"))}  # fmt: skip


def plant_close(row):
    price, variable, fixed, units = arrays(row, "p", "avc", "fixed_avoid", "q")
    now = shut_down(price, variable, fixed, units)
    found = {"profit_avoidable": now.profit, "breakeven_price": now.break_even, "close": now.stops}
    if "sig" in row:
        drift, spread, rate, scrap = arrays(row, "mu", "sig", "r", "scrap")
        path = PricePath(drift, spread, rate)
        going = exit_trigger(path, variable * units + fixed, scrap, units)
        found |= {"beta2": going.root, "exit_price": going.trigger}
    return found


def deal(row):
    capex, saving, years, rate, kept = arrays(row, "capex", "saving", "years", "r", "p_keep")
    move = Move(capex, saving, years, rate, np.array([row.get("tax", 0.0)]))
    return {
        "npv": present_value(move, kept),
        "breakeven_p": break_even_survival(move),
        "annuity_factor": annuity(kept, rate, years),
    }


def shapley_product(row):
    factor = np.array(row["factor"])
    split = shapley(lambda on: row["base"] * np.where(on, factor, 1.0).prod(axis=1), len(factor))
    return {"phi": split.parts, "sum": split.total}


def parity(row):
    intercept, slope = np.array(row["routes"], dtype=float).T
    done = lower_envelope(intercept[None], slope[None], row["lo"], row["hi"])
    return {name: getattr(done, name)[0] for name in
            ("kinks", "winner", "cost_at_ends", "cost_at_kinks")}  # fmt: skip


def point_and_interval_scores(row):
    came, said, low, high = (np.array(row[key], dtype=float) for key in ("y", "f", "lo", "hi"))
    return {
        "bias": scores.bias(said, came),
        "mae": scores.mae(said, came),
        # The file has per cent, the project fractions.
        "mape": 100 * scores.mape(said, came),
        "wape": 100 * scores.wape(said, came),
        "coverage": scores.coverage(low, high, came),
        "interval_score": scores.interval_score(low, high, came, row["level"]),
    }


def crps_normal(row):
    return {"crps": scores.crps_normal(*arrays(row, "mu", "sd", "y"))}


def fifo(row):
    [[stock, stock_cost]], receipts = row["opening"], np.array(row["receipts"], dtype=float)
    entries, cost = receipts.T
    sales = np.array(row["sales"], dtype=float)
    sold, left = first_in_first_out(cost, entries, sales, stock, stock_cost)
    paid = stock * stock_cost + (entries * cost).sum()
    return {
        "unit_cogs": sold,
        "closing_qty": left[-1],
        "closing_value": paid - (sold * sales).sum(),
    }


ADAPTERS = {
    "route": route,
    "erp": erp,
    "landed_cost": landed_cost,
    "linear_tariff": linear_tariff,
    "quota_linear": quota_linear,
    "trq": trq,
    "leontief_qty": leontief_quantity,
    "leontief_price": leontief_price,
    "tariff_price_io": tariff_price_io,
    "labour": labour,
    "plant_close": plant_close,
    "deal": deal,
    "shapley_product": shapley_product,
    "parity": parity,
    "scores": point_and_interval_scores,
    "crps_normal": crps_normal,
    "fifo": fifo,
    # The second file names a model for each row.
    "Perfect substitutes small country": small_country,
    "Incidence": incidence,
    "Effective protection, car/steel": erp_car,
    "Effective protection cloth": erp_cloth,
    "Leontief quantity": leontief_quantity,
    "Leontief price": leontief_labour,
    "Job exposure": job_exposure,
}

ADAPTERS |= response_rows.ROWS
ADAPTERS |= estimate_rows.ROWS

# Rows that name a data set or write their inputs in words; the tests that hold them.
ELSEWHERE = {
    "GSIM linear 4x4": "test_sourcing.py, the authors' example",
    "GSIM welfare": "test_sourcing.py, the authors' example",
    "Sobol Ishigami": "tests/model/test_sensitivity.py",
    "Delta vs MC": "test_estimate.py",
    "PPML 4 FE": "test_estimate.py",
    "OLS log 4 FE": "test_estimate.py",
}

NO_INPUTS = {
    # Inputs stand in a file that did not come along. The first two and the fourth are checked with
    # inputs that fit them, in test_kernels_scores.py; capacities and costs of the third cannot be
    # told from its answer.
    "GSIM US unilateral removal", "Exact-hat route shares",
    "OLS gravity", "OLS exporter-year + importer-year FE", "PPML same FE", "OLS distance puzzle",
    "PPML cross-section 30 countries", "Structural gravity GE, CAN-JPN PTA",
    "Multi-stage duty", "Shapley", "Rerouting LP, 15% and 25%", "Backtest metrics",
    # Figures of a published file or study: nothing to compute from what the row holds.
    "ProTEE distribution", "Broda-Weinstein HTS10",
    "Predicted consumer price effect, New light trucks",
    "Predicted consumer price effect, Furniture",
    "Predicted consumer price effect, Small appliances",
    "Vietnam exports to US", "GDP", "US cars 25%", "US car model prices",
    "Average duty around the Supreme Court ruling", "NY Fed incidence path",
}  # fmt: skip


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = [row for path in FILES if path.is_file() for row in read(path)]
LOOSER = {"ishigami": 2e-3}
MINE = [row for row in ROWS if row["model"] in ADAPTERS]


def tolerance(words):
    """The number that a tolerance begins with; rounding where it says exact."""
    found = re.match(r"[\d.]+(e-?\d+)?", words)
    return float(found[0]) if found else 1e-12


@pytest.mark.skipif(not ROWS, reason="the benchmark files are not on this machine")
def test_every_model_has_an_adapter_or_a_reason():
    named = {row["model"] for row in ROWS}
    assert not set(ADAPTERS) & (set(ELSEWHERE) | NO_INPUTS)
    assert not named - set(ADAPTERS) - set(ELSEWHERE) - NO_INPUTS
    assert not (set(ADAPTERS) | set(ELSEWHERE) | NO_INPUTS) - named


@pytest.mark.skipif(not ROWS, reason="the benchmark files are not on this machine")
@pytest.mark.parametrize("row", MINE, ids=[row["id"] for row in MINE])
def test_row(row):
    expected = json.loads(row.get("expected") or row["expected_outputs"])
    found = ADAPTERS[row["model"]](json.loads(row["inputs"]))
    wanted = expected if isinstance(expected, dict) else {"": expected}
    found = found if isinstance(found, dict) else {"": found}
    # Indices are estimates here; the row has the closed form.
    within = max(tolerance(row["tolerance"]), LOOSER.get(row["model"], 0.0))
    for name, value in wanted.items():
        value = np.asarray(value, dtype=float)
        np.testing.assert_allclose(
            np.asarray(found[name], dtype=float).reshape(value.shape), value,
            rtol=within, atol=within, err_msg=f"{row['id']}: {name}",
        )  # fmt: skip


def test_tolerances_are_read_from_words():
    assert tolerance("1e-4 (source truncates)") == 1e-4
    assert tolerance(".01 at N=8192") == 0.01
    assert tolerance("exact") == 1e-12
