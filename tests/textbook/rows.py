"""Rows of the benchmark table of the methods: each model's inputs into the code, by name.

An adapter takes the inputs of a row and gives what the row expects, by its names.
"""

import numpy as np

from exposure.economy import closure, demand, gsim, incidence, jobs, quota, relocation, sectors
from exposure.economy import smart as smart_model
from exposure.economy.demand import MODELS, buyers_of, consumer_loss
from exposure.economy.sourcing import armington
from exposure.economy.stock import first_in_first_out
from exposure.model.attribute import shapley
from exposure.model.parity import envelope
from exposure.model.sensitivity import sobol
from exposure.routes.landed import Graph, accumulate, duty_within
from exposure.validate import scores


def at(value):
    return np.array([float(value)])


def chain(stages, *, cif=False, freight=0.0):
    """A route of stages, each of which crosses a border: as the kernel of routes takes it."""
    count = len(stages)
    graph = Graph(
        source=np.arange(count),
        target=np.arange(1, count + 1),
        weight=np.ones(count),
        level=np.arange(count + 1),
        crosses=np.ones(count, dtype=bool),
        cif=np.full(count, cif),
        own_content=np.zeros((count + 1, 1)),
        drawback=np.array([stage.get("drawback", 0.0) for stage in stages]),
    )
    own = np.array([[*(float(stage["add"]) for stage in stages), 0.0]])
    exempt = [float(stage.get("exempt", 0.0)) for stage in stages]
    before = np.cumsum(own[0])

    def rate(level, shares):
        stage = stages[level - 1]
        # Value of the exempt content over the base, by what has been added on the way.
        part = 1.0 - exempt[level - 1] / before[level - 1]
        return np.full((1, 1), stage["rate"] * part)

    return graph, accumulate(graph, own, np.full((1, count), freight), rate)


def route(stages):
    graph, landed = chain(stages)
    charged = landed.customs_value * landed.rate
    paid = float(landed.duty.sum())
    value = sum(float(stage["add"]) for stage in stages)
    # A duty that is given back at the export is out of the value that goes on.
    assert duty_within(graph, landed).shape == landed.value.shape
    return {
        "landed": landed.value[0, -1],
        "duties": charged[0].tolist(),
        "net_duty": paid,
        "refund": float(charged.sum() - paid),
        "effective_rate": paid / value,
    }


def landed_cost(fob, freight, insurance, duty_rate, basis):
    carriage = (freight + insurance) / fob
    _, found = chain([{"add": fob, "rate": duty_rate}], cif=basis == "cif", freight=carriage)
    return {"duty": found.duty[0, 0], "landed": found.value[0, 1]}


def erp(t_out, inputs):
    share, rate = np.array(inputs).T[:, None]
    return {"erp": quota.effective_protection(at(t_out), share, rate)[0]}


def incidence_log(eps_s, eps_d, t0, t1, fx=0.0, fx_pt=0.0):
    passed = incidence.PASS_THROUGH["supply_and_demand"](at(0), at(eps_s), at(-eps_d))
    buyer, exporter = incidence.log_incidence((at(t0), at(t1)), passed, fx, fx_pt)
    return {"pass_through": passed[0], "dlog_consumer": buyer[0], "dlog_exporter": exporter[0]}


def linear_tariff(a, b, c, d, t):
    found = quota.linear_tariff((at(a), at(b)), (at(c), at(d)), at(t))
    return {
        "p0": found.price_before, "p1": found.price_after, "q0": found.volume_before,
        "q1": found.volume_after, "pass_through": found.pass_through, "revenue": found.revenue,
        "deadweight": found.deadweight, "tot_gain": found.terms_of_trade_gain,
        "consumer_loss": found.consumer_loss,
    }  # fmt: skip


def bought(name):
    def model(q0, p0, p1, eps):
        ratio, slope = np.array([[p1 / p0]]), np.array([[-float(eps)]])
        volume = MODELS[name].volume(ratio, buyers_of(slope))
        loss = consumer_loss(name, np.array(p0), np.array(q0), ratio, slope)
        return {"q1": q0 * volume[0, 0], "cs_loss": loss[0, 0]}

    return model


def logit(delta, alpha, dp):
    before, none = demand.logit_shares(np.array([delta], dtype=float))
    after, left = demand.logit_shares(np.array([delta]) - alpha * np.array([dp]))
    change = demand.logit_surplus(none, left, alpha)
    return {"s0": before[0], "s1": after[0], "outside1": left[0], "dcs": change[0]}


def nested_logit(delta, nest, rho):
    inside, none = demand.logit_shares(np.array([delta], dtype=float), np.array(nest), rho)
    return {"shares": inside[0], "outside": none[0]}


def nested_logit_elasticities(s, s_in, alpha, p, rho):
    found = demand.nested_logit_elasticities(np.array(s), np.array(s_in), alpha, np.array(p), rho)
    return dict(zip(("own", "cross_same", "cross_other"), map(float, found), strict=True))


def ces(shares, price_hat, sigma, eps_top=1.0):
    found = armington(np.array([shares]), np.array([price_hat], float), at(sigma), at(eps_top))
    return {"P_hat": found.index[0], "shares1": found.share[0], "E_hat": found.spending[0],
            "q_hat": found.quantity[0]}  # fmt: skip


def gsim_rows(trade, t0, t1, Em, Ex, Es):  # noqa: N803
    trade = np.array(trade, dtype=float)
    found = gsim.solve(
        gsim.World(
            trade, np.array([t0], float), np.array([t1], float), np.array([Em], float),
            np.array([Ex], float), np.full((1, trade.shape[1]), float(Es)),
        )
    )  # fmt: skip
    return {"P_hat": found.price[0], "M_hat": found.quantity[0], "X_hat": found.output[0],
            "composite_price": found.composite[0], "producer_surplus": found.producer[0]}  # fmt: skip


def smart(M0, t0, t1, eps, Mdiv=None, sigma=0.0):  # noqa: N803
    ends = at(t0), at(t1)
    made = smart_model.creation(at(M0), ends, at(eps))[0]
    if Mdiv is None:
        return {"TC": made}
    moved = smart_model.diversion(at(M0), at(Mdiv), ends, at(sigma))[0]
    return {"TC": made, "TD": moved, "total": made + moved}


def smart_finite(M0, t0, t1, eps, mu):  # noqa: N803
    return {"TC": smart_model.exact_creation(at(M0), (at(t0), at(t1)), at(eps), at(mu))[0]}


def quota_linear(a, b, pw, quota):
    found = quota_model.import_quota(quota_model.line(a, b), at(pw), at(quota))
    return {"binding": int(found.binding[0]), "price": found.price,
            "equiv_specific": found.equivalent_specific, "equiv_advalorem": found.equivalent_rate,
            "rent": found.rent, "deadweight": found.deadweight}  # fmt: skip


quota_model = quota


def trq(a, b, pw, quota, t_in, t_out):
    found = quota_model.tariff_rate_quota(
        quota_model.line(a, b), at(pw), at(quota), at(t_in), at(t_out)
    )
    return {"q": found.volume, "price": found.price, "regime": found.regime[0],
            "rent": found.rent, "revenue": found.revenue}  # fmt: skip


def leontief_quantity(A, f, jobs=None):  # noqa: N803
    system = sectors.leontief(np.array(A))
    inverse = system.output(np.eye(len(A))).T
    found = {"x": system.output(np.array([f], float))[0], "L": inverse}
    if jobs:
        total, first = sectors.job_multipliers(system, np.array(jobs))
        found |= {"multiplier_per_output": total, "type1": first}
    return found


def leontief_price(A, v, cost_add):  # noqa: N803
    system = sectors.leontief(np.array(A))
    np.testing.assert_allclose(system.price(np.array([v])), 1.0)
    return {"p": 1.0 + system.price(np.array([cost_add], float))[0]}


def tariff_price_io(Ad, Am, duty):  # noqa: N803
    rate = np.array([duty])
    return {
        "direct": sectors.tariff_cost(np.array(Am), rate)[0],
        "total": sectors.tariff_price(sectors.leontief(np.array(Ad)), np.array(Am), rate)[0],
    }


def labour(L0, dlnY, dlnw, sigma, sL, eta):  # noqa: N803
    slope = jobs.own_wage_elasticity(at(sL), at(sigma), at(eta))
    change = jobs.labour_demand(at(L0), at(dlnY), at(dlnw), slope)
    return {"own_wage_elasticity": slope, "dlnL": np.log1p(change / L0), "jobs": change}


def plant_close(p, avc, fixed_avoid, q, r, scrap, F_sunk, mu=0.0, sig=None):  # noqa: N803
    assert F_sunk == 0
    found = closure.shut_down(at(p), at(avc), at(fixed_avoid), at(q))
    rows = {"profit_avoidable": found.margin, "breakeven_price": found.breakeven_price,
            "close": int(found.closes[0])}  # fmt: skip
    if sig is not None:
        cost = at(avc) * q + fixed_avoid
        rows["beta2"] = closure.exit_root(at(r), at(mu), at(sig))
        rows["exit_price"] = closure.exit_price(
            cost, at(q), at(r), drift=at(mu), spread=at(sig), scrap=scrap
        )
    return rows


def shapley_product(base, factor):
    found = shapley(
        lambda on: base * np.prod(np.where(on, factor, 1.0), axis=1), len(factor)
    ).parts  # fmt: skip
    return {"phi": found, "sum": found.sum()}


def ishigami(a, b):
    def model(uniform):
        x = (2 * uniform - 1) * np.pi
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    found = sobol(model, 2**18, 3, seed=1)
    points = np.random.default_rng(1).random((2**20, 3))
    outcome = model(points)
    return {"S": found.first, "ST": found.total, "V": outcome.var(), "mean": outcome.mean()}


def parity(routes, lo, hi):
    fixed, slope = np.array(routes, float).T
    found = envelope(fixed, slope, lo, hi)
    return {"kinks": found.kinks, "winner": found.winner, "cost_at_ends": found.cost_at_ends,
            "cost_at_kinks": found.cost_at_kinks}  # fmt: skip


def score(y, f, lo, hi, level):
    y, f, lo, hi = (np.array(x, float) for x in (y, f, lo, hi))
    return {
        "bias": scores.bias(f, y), "mae": scores.mean_absolute_error(f, y),
        "mape": scores.mape(f, y), "wape": scores.wape(f, y),
        "coverage": scores.coverage(lo, hi, y),
        "interval_score": scores.interval_score(lo, hi, y, level),
    }  # fmt: skip


def crps(mu, sd, y):
    return {"crps": scores.crps_normal(at(mu), at(sd), at(y))}


def fifo(opening, receipts, sales):
    ((units, cost),) = opening
    entered, paid = np.array(receipts, float).T
    sold, left = first_in_first_out(paid, entered, np.array(sales, float), units, cost)
    value = (units * cost + (entered * paid).sum()) - (sold * np.array(sales)).sum()
    return {"unit_cogs": sold, "closing_qty": left[-1], "closing_value": value}


def deal(capex, saving, years, r, p_keep, tax=0.0):
    numbers = [at(x) for x in (capex, saving, years, r)]
    return {
        "npv": relocation.net_present_value(*numbers, survival=p_keep, tax=tax),
        "breakeven_p": relocation.breakeven_survival(*numbers, tax=tax),
        "annuity_factor": relocation.annuity(at(years), at(r), at(p_keep)),
    }


ROWS = {
    "route": route, "landed_cost": landed_cost, "erp": erp, "incidence_log": incidence_log,
    "linear_tariff": linear_tariff, "ce_demand": bought("constant_elasticity"),
    "linear_demand": bought("linear"), "logit": logit, "nested_logit": nested_logit,
    "nested_logit_el": nested_logit_elasticities, "ces_hat": ces, "gsim": gsim_rows,
    "smart": smart, "smart_finite": smart_finite, "quota_linear": quota_linear, "trq": trq,
    "leontief_qty": leontief_quantity, "leontief_price": leontief_price,
    "tariff_price_io": tariff_price_io, "labour": labour, "plant_close": plant_close,
    "shapley_product": shapley_product, "ishigami": ishigami, "parity": parity, "scores": score,
    "crps_normal": crps, "fifo": fifo, "deal": deal,
}  # fmt: skip
