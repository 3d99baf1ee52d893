"""Small sweeps written by hand, whose every number follows from its inputs."""

import json
from itertools import product

import numpy as np
import pandas as pd

BILL, JOBS, SEA, AIR = (
    "kia/duty_bill_usd", "KOR/jobs_predicted_fte", "kia/sea/landed_usd_per_unit",
    "kia/air/landed_usd_per_unit",
)  # fmt: skip
OUTPUTS = {
    BILL: ("USD a year", "Duties of all borders: Kia car"),
    JOBS: ("persons", "Jobs predicted, a change: KOR"),
    SEA: ("USD per unit", "Landed cost: Kia car, By sea"),
    AIR: ("USD per unit", "Landed cost: Kia car, By air"),
}
WAYS = ("as it is", "no claim")
INPUTS = {
    "way": ("", "Option", WAYS),
    "korea_rate": ("fraction", "Rate of cars, korea", np.linspace(0, 0.6, 61)),
    "s232/japan": ("fraction", "Rate of cars, japan", np.linspace(0, 0.4, 41)),
    "years": ("years", "Years after", np.array([1.0, 3.0, 10.0])),
}


def outputs(frame):
    """The four outputs of rows: the rate of Japan moves only jobs, the option only the bill."""
    rate, japan, years = frame["korea_rate"], frame["s232/japan"], frame["years"]
    claim = np.where(frame["way"] == "no claim", 0.5, 0.0) if "way" in frame else 0.0
    return {
        BILL: 1e9 * (rate + claim) + 1e6 * years,
        JOBS: 4000 * japan - 10_000 * rate + 1500,
        SEA: 20_000 + 9_000 * rate,
        AIR: 22_000 + 100 * years + 1_000 * rate,
    }


def grid(inputs=INPUTS):
    """All rows of a grid, the last input fastest."""
    rows = list(product(*(values for _, _, values in inputs.values())))
    return pd.DataFrame(rows, columns=list(inputs))


def points(size=3000, seed=7):
    """Rows spread at random over the same ranges."""
    stream = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "way": stream.choice(WAYS, size),
            "korea_rate": stream.uniform(0, 0.6, size),
            "s232/japan": stream.uniform(0, 0.4, size),
            "years": stream.choice([1.0, 3.0, 10.0], size),
        }
    )


def write(
    folder, frame=None, *, kind="grid", failed=(), inputs=INPUTS, given=None, titles=None,
    samples=0, chunk=4000, **manifest,
):  # fmt: skip
    """A finished sweep in a folder.

    ``failed`` are numbers of scenarios in quarantine, ``given`` outputs by name in the place of
    those of `outputs`, ``titles`` of columns in the place of their own.
    """
    frame = grid(inputs) if frame is None else frame
    names = list(frame.columns)
    found = outputs(frame) if given is None else given
    frame = frame.assign(**found)
    frame.insert(0, "scenario_id", np.arange(len(frame)))
    out = frame["scenario_id"].isin(list(failed))
    (folder / "chunks").mkdir(parents=True)
    done = frame[~out]
    for number, start in enumerate(range(0, len(done), chunk)):
        done.iloc[start : start + chunk].to_parquet(
            folder / "chunks" / f"part-{number:05d}.parquet", index=False, row_group_size=1000
        )
    lost = frame.loc[out, ["scenario_id", *names]].assign(reason="no route")
    lost.to_parquet(folder / "quarantine.parquet", index=False)
    said = {"draw": ("", "Number of the draw; 0 is central")}
    said |= {name: (unit, title) for name, (unit, title, _) in INPUTS.items()} | OUTPUTS
    columns = [{"name": "scenario_id", "role": "id"}]
    for name in [*names, *found]:
        unit, title = said.get(name, ("", name))
        role = "input" if name in names else "output"
        columns.append(
            {"name": name, "role": role, "unit": unit, "title": (titles or {}).get(name, title)}
        )
    design = {"kind": kind, "inputs": [n for n in names if n != "draw"], "samples": samples}
    text = {
        "format": 1, "id": "made", "title": "Made by hand", "question": "Who pays?",
        "note": "All else as it is.", "rows": len(frame), "seed": 3, "columns": columns,
        "design": design, "version": "9.9", "data": "abc", **manifest,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(text), encoding="utf-8")
    return folder
