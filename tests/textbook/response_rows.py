"""Benchmark rows on demand, incidence, sourcing and sensitivity: model to a function of inputs."""

import numpy as np

from exposure.economy import demand, gsim, incidence
from exposure.economy import smart as smart_model
from exposure.economy.demand import MODELS, buyers_of, consumer_loss
from exposure.economy.sourcing import armington, with_supply
from exposure.model.sensitivity import sobol


def at(value):
    return np.array([float(value)])


def incidence_log(row):
    passed = incidence.PASS_THROUGH["supply_and_demand"](at(0), at(row["eps_s"]), at(-row["eps_d"]))
    buyer, exporter = incidence.log_incidence(
        (at(row["t0"]), at(row["t1"])), passed, row.get("fx", 0.0), row.get("fx_pt", 0.0)
    )
    return {"pass_through": passed, "dlog_consumer": buyer, "dlog_exporter": exporter}


def bought(name):
    def model(row):
        ratio = np.array([[row["p1"] / row["p0"]]])
        slope = np.array([[-float(row["eps"])]])
        volume = MODELS[name].volume(ratio, buyers_of(slope))
        loss = consumer_loss(name, at(row["p0"]), at(row["q0"]), ratio, slope)
        return {"q1": row["q0"] * volume, "cs_loss": loss}

    return model


def logit(row):
    before, none = demand.logit_shares(np.array([row["delta"]], dtype=float))
    after, left = demand.logit_shares(
        np.array([row["delta"]]) - row["alpha"] * np.array([row["dp"]])
    )
    change = demand.logit_surplus(none, left, row["alpha"])
    return {"s0": before, "s1": after, "outside1": left, "dcs": change}


def nested_logit(row):
    inside, none = demand.logit_shares(
        np.array([row["delta"]], dtype=float), np.array(row["nest"]), row["rho"]
    )
    return {"shares": inside, "outside": none}


def nested_logit_elasticities(row):
    found = demand.nested_logit_elasticities(
        at(row["s"]), at(row["s_in"]), row["alpha"], at(row["p"]), row["rho"]
    )
    return dict(zip(("own", "cross_same", "cross_other"), found, strict=True))


def ces(row):
    found = armington(
        np.array([row["shares"]]), np.array([row["price_hat"]], dtype=float), at(row["sigma"]),
        at(row.get("eps_top", 1.0)),
    )  # fmt: skip
    return {"P_hat": found.index, "shares1": found.share, "E_hat": found.spending,
            "q_hat": found.quantity}  # fmt: skip


def one_market(row):
    """Four sources, S the elasticity of substitution, e of supply, -E of volume to the index."""
    share, tariff = (np.array([row[key]], dtype=float) for key in ("w", "tau"))
    found, before = with_supply(
        share, tariff, at(row["S"]), at(-row["E"]), np.full(share.shape, row["e"])
    )
    third = before[0, 2] * tariff[0, 2]
    return {
        "P": found.index,
        "p": before,
        "pc3": third,
        "exact": [found.index[0], before[0, 0], before[0, 2], third],
    }


def world(row):
    trade = np.array(row["trade"], dtype=float)
    before, after = (np.array([row[key]], dtype=float) for key in ("t0", "t1"))
    found = gsim.solve(
        gsim.World(
            trade, before, after, np.array([row["Em"]], float), np.array([row["Ex"]], float),
            np.full((1, trade.shape[1]), float(row["Es"])),
        )
    )  # fmt: skip
    return {"P_hat": found.price, "M_hat": found.quantity, "X_hat": found.output,
            "composite_price": found.composite, "producer_surplus": found.producer}  # fmt: skip


def smart(row):
    ends = at(row["t0"]), at(row["t1"])
    made = smart_model.creation(at(row["M0"]), ends, at(row["eps"]))
    if "Mdiv" not in row:
        return {"TC": made}
    moved = smart_model.diversion(at(row["M0"]), at(row["Mdiv"]), ends, at(row["sigma"]))
    return {"TC": made, "TD": moved, "total": made + moved}


def smart_finite(row):
    ends = at(row["t0"]), at(row["t1"])
    return {"TC": smart_model.exact_creation(at(row["M0"]), ends, at(row["eps"]), at(row["mu"]))}


def smart_survey(row):
    ends = at(row["t0"]), at(row["t1"])
    imports, others, slope = at(row["MA"]), at(row["MB"]), at(row["eta"])
    return {
        "TC": smart_model.creation(imports, ends, slope),
        "TD": smart_model.diversion(imports, others, ends, at(row["sigma"])),
        "TC_eps10": smart_model.creation(imports, ends, slope, 10.0),
    }


def ishigami(row):
    """Indices from 262,144 rows; mean and variance by quadrature over the three inputs."""
    a, b = row["a"], row["b"]

    def model(uniform):
        x = (2 * uniform - 1) * np.pi
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    found = sobol(model, 2**17, 3, seed=1)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    grid = np.stack(np.meshgrid(*[(nodes + 1) / 2] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    weight = np.prod(np.meshgrid(*[weights / 2] * 3, indexing="ij"), axis=0).ravel()
    outcome = model(grid)
    mean = weight @ outcome
    return {"S": found.first, "ST": found.total, "V": weight @ (outcome - mean) ** 2, "mean": mean}


ROWS = {
    "incidence_log": incidence_log,
    "ce_demand": bought("constant_elasticity"),
    "linear_demand": bought("linear"),
    "logit": logit,
    "nested_logit": nested_logit,
    "nested_logit_el": nested_logit_elasticities,
    "ces_hat": ces,
    "One-market Armington exact": one_market,
    "gsim": world,
    "smart": smart,
    "smart_finite": smart_finite,
    "SMART creation/diversion": smart_survey,
    "ishigami": ishigami,
}
