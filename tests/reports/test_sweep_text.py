"""A sweep in words for the terminal: what it will take, what it holds, what failed and why."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from exposure.reports.sweep_text import SHOWN, _time, estimate_text, sweep_text
from exposure.sweeps.engine import Estimate
from exposure.sweeps.reading import Column

COLUMNS = [
    Column("scenario_id", "id", "", ""), Column("rate", "input", "fraction", "Rate"),
    Column("way", "input", "", "Option"), Column("car/units", "output", "units a year", "Units"),
]  # fmt: skip


def estimated(columns=COLUMNS, **changes):
    made = {"rows": 1_200_000, "ways": 3, "states": 4, "seconds": 90.0, "bytes": 250_000_000,
            "workers": 2}  # fmt: skip
    return estimate_text("korea", Estimate(**{**made, **changes}), columns).split("\n")


def test_an_estimate_tells_scenarios_laws_files_and_time():
    assert estimated() == [
        "sweep korea, 1,200,000 scenarios over rate, way",
        "  3 combinations of options and days, 4 law states",
        "  1 output a scenario, about 250.0 MB of files",
        "  about 90 seconds on 2 processes of this machine",
    ]


@pytest.mark.parametrize(
    ("size", "said"),
    [(999_000_000, "999.0 MB"), (1_000_000_000, "1.0 GB"), (2_345_000_000_000, "2,345.0 GB"),
     (0, "0.0 MB")],
)  # fmt: skip
def test_files_are_counted_in_the_unit_that_fits(size, said):
    assert f"about {said} of files" in estimated(bytes=size)[2]


def test_one_process_is_one_and_draws_alone_are_named():
    assert estimated(workers=1)[3].endswith("on 1 process of this machine")
    assert estimated(columns=COLUMNS[:1])[0].endswith("scenarios over draws")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "a second"), (1.49, "a second"), (1.51, "2 seconds"), (119.0, "119 seconds"),
        (120.0, "2 minutes"), (7199.0, "120 minutes"), (7200.0, "2 hours"),
        (3_600_000.0, "1,000 hours"),
    ],
)  # fmt: skip
def test_time_is_told_in_the_unit_of_which_there_are_two(seconds, said):
    assert _time(seconds) == said


def finished(reasons=(), inputs=("rate",)):
    return SimpleNamespace(
        title="Korea", rows=1200, folder=Path("out"), outputs=("a", "b"), inputs=inputs,
        quarantine=pd.DataFrame({"reason": list(reasons)}),
    )  # fmt: skip


def test_a_sweep_without_a_failure_is_one_line():
    assert sweep_text(finished()) == "Korea: 1,200 scenarios in out, 2 outputs over rate"
    assert sweep_text(finished(inputs=())).endswith("2 outputs over draws")


def test_failures_are_told_with_their_reasons_the_most_frequent_first():
    told = sweep_text(finished(["no route"] * 2 + ["no rate"] * 3)).split("\n")
    assert told[1:] == [
        "5 failed and stand in quarantine.parquet:", "  3: no rate", "  2: no route",
    ]  # fmt: skip


def test_five_reasons_are_told_and_the_others_counted():
    reasons = [f"reason {n}" for n in range(SHOWN + 2) for _ in range(10 - n)]
    told = sweep_text(finished(reasons)).split("\n")
    assert told[2] == "  10: reason 0"
    assert len(told) == 2 + SHOWN + 1
    assert told[-1] == "  and 2 other reasons"
    five = [reason for reason in reasons if reason < f"reason {SHOWN}"]
    assert "other reasons" not in sweep_text(finished(five))
