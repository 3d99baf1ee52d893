"""Deals by hand, in the form of ``data/raw/deals``: every number is sure unless it is told."""

import numpy as np

from exposure.facts.documents.deals import Deal


def sure(value, **ends):
    return {"low": value, "central": value, "high": value, "grade": "D", "source": "s"} | ends


def investment(**more):
    form = {
        "id": "cash", "title": "Cash", "kind": "cash", "total_usd": sure(90.0), "from": 2026,
        "paid_share": sure(1.0), "return_share": sure(0.0), "return_delay_years": sure(0.0),
        "return_years": sure(1.0),
    }  # fmt: skip
    return form | more


def purchase(usd=60.0, first=2026, last=2028, extra=0.5):
    return {"title": "Gas", "usd": sure(usd), "from": first, "to": last, "extra_share": sure(extra)}


def deal(*investments, purchases=(), probability=1.0, years=3, **more):
    form = {
        "id": "pact", "title": "P", "question": "Q", "party": "KOR", "instead": "a", "under": "b",
        "first_year": 2026, "horizon_years": years, "probability": sure(probability),
        "investments": list(investments), "purchases": list(purchases),
    }  # fmt: skip
    return Deal.model_validate(form | more)


def own(growth=0.0, kept=0.0, premium=0.0, rate=0.0):
    names = ("trade_growth", "value_kept", "purchase_premium", "discount_rate")
    return {name: np.array([value]) for name, value in zip(names, (growth, kept, premium, rate),
                                                            strict=True)}  # fmt: skip
