"""Benchmark rows on estimation: name of the model to a function of the row's inputs.

Each gives the outputs that the row's ``expected`` names.
"""

import numpy as np
import pandas as pd

from exposure.economy.covariance import covariance
from exposure.economy.derived import incidence, lognormal
from exposure.economy.design import Design, Event, Regressor, panel
from exposure.economy.diagnose import fitted
from exposure.economy.estimate import estimate
from exposure.economy.panel_fit import Sample, fit_ppml


def _errors(sample, fit):
    kinds = ("iid", "hc0", "cluster") if sample.clusters else ("iid", "hc0")
    return {
        f"se_{kind}": np.sqrt(np.diag(covariance(sample, fit, kind, "dummies"))).tolist()
        for kind in kinds
    }


def ppml(inputs):
    """Coefficients and errors in the order of the columns of X, among which the constant stands."""
    x = np.array(inputs["X"], dtype=float)
    y = np.array(inputs["y"], dtype=float)
    clusters = (np.array(inputs["groups"], dtype=np.intp),) if "groups" in inputs else ()
    names = tuple(f"x{place}" for place in range(x.shape[1]))
    sample = Sample(y, x, names, (), clusters, np.ones(len(y)))
    fit = fit_ppml(sample)
    return {"beta": fit.slopes.tolist(), **_errors(sample, fit)}


def twfe(inputs):
    table = pd.DataFrame(
        {"y": np.exp(inputs["y"]), **{k: inputs[k] for k in ("x", "unit", "time")}}
    )
    table["cluster"] = inputs.get("cluster", inputs["unit"])
    design = Design("y", (Regressor("x"),), ("unit", "time"), ("cluster",), "ols")
    found = panel(table, design)
    fit = fitted(found.sample, design)
    if len(table) <= fit.parameters:
        # Two by two: the slope fits exactly and there is no error to tell.
        return {"beta": fit.slopes.tolist()}
    return {"beta": fit.slopes.tolist(), **_errors(found.sample, fit)}


def event_study(inputs):
    table = pd.DataFrame({"y": np.exp(inputs["y"]), "unit": inputs["unit"], "time": inputs["time"]})
    table["treated"] = table["unit"].isin(inputs["treated"]).astype(int)
    event = Event("time", "treated", str(inputs["event"]))
    found = estimate(table, Design("y", (), ("unit", "time"), ("unit",), "ols", event))
    return {"event_time": list(found.event_time), "coef": found.slopes.tolist()}


def delta_ratio(inputs):
    value, gradient, error = incidence(*inputs["mean"], np.array(inputs["cov"], dtype=float))
    return {"value": value, "grad": gradient.tolist(), "se": error}


def lognormal_mean(inputs):
    return lognormal(inputs["mu"], inputs["s"])


ROWS = {
    "ppml": ppml,
    "twfe": twfe,
    "event_study": event_study,
    "delta_ratio": delta_ratio,
    "lognormal_mean": lognormal_mean,
}
