"""Pictures on axes of matplotlib: what is drawn is what the table says, and nothing else is left."""

import json
import subprocess
import sys
from dataclasses import replace
from types import MappingProxyType

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import exposure as ex
from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.plots import BINS, MOST_LEVELS, MOST_MEASURES, PARTS
from exposure.reports.style import COLOURS, DUTY_COLOUR
from exposure.sweeps.reading import open_sweep
from tests import tiny

mpl.use("Agg")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, "tariff", draws=20, by_quarter=False, by_sector=False)


@pytest.fixture(scope="module")
def two(world):
    """Two scenarios over the same baseline."""
    days = [{"effective_on": day} for day in ("2025-01-15", "2025-12-15")]
    base = {"title": "t", "question": "q", "baseline": days[0], "law_on": days[1]}
    asked = [
        Scenario.model_validate({**base, "id": "a"}),
        Scenario.model_validate({**base, "id": "b", "rates": {"us-cars/usmca": 0.1}}),
    ]
    return ex.run(world, *asked, draws=0, by_quarter=False, by_sector=False)


@pytest.fixture
def ax():
    """Axes that pyplot does not know."""
    return Figure(layout="constrained").add_subplot()


def with_table(result, name, table):
    return replace(result, tables=MappingProxyType({**result.tables, name: table}))


def bars(ax):
    """Widths by colour: a list over rows each."""
    found = {}
    for patch in ax.patches:
        found.setdefault(mpl.colors.to_hex(patch.get_facecolor()), []).append(patch.get_width())
    return found


def points(ax):
    return {line.get_label(): line.get_xdata() for line in ax.lines if line.get_label()[0] != "_"}


def whiskers(ax):
    """Ends of all ranges across the rows, in their order."""
    return [
        (segment[0][0], segment[1][0])
        for drawn in ax.containers
        if isinstance(drawn, mpl.container.ErrorbarContainer)
        for segment in drawn[2][0].get_segments()
    ]


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def said(ax):
    return [text.get_text() for text in ax.texts]


def drawn(ax):
    """A picture that can be drawn as a whole."""
    ax.figure.canvas.draw()
    return ax


# --- results ---------------------------------------------------------------------------------


def test_landed_cost_stacks_its_parts_to_the_whole(result, ax):
    assert result.plot.landed_cost("car", ax=ax) is ax
    table = result.table("landed_cost")
    found = bars(drawn(ax))
    for column, _, colour in PARTS:
        assert found[colour.lower()] == pytest.approx(table[column].tolist())
    assert np.sum(list(found.values()), axis=0) == pytest.approx(table["landed_central"].tolist())
    ends = table[["landed_low", "landed_high"]].to_numpy()
    assert np.array(whiskers(ax)) == pytest.approx(ends)
    assert rows(ax) == ["Mexico: baseline", "Mexico: scenario"]
    assert ax.get_xlabel() == "Landed cost, central [USD per vehicle]"
    assert ax.get_title().startswith("Landed cost by route: Car\nwhiskers: 10 % to 90 %")
    assert legend(ax) == [title for _, title, _ in PARTS]
    low, high = ax.get_ylim()
    assert low > high, "the first row stands on top"


def test_without_draws_there_are_no_whiskers(two, ax):
    two.plot.landed_cost("car", ax=ax)
    assert whiskers(ax) == []
    assert "whiskers" not in ax.get_title()


def test_a_baseline_that_scenarios_share_is_drawn_once(two):
    for name in ("landed_cost", "duty_by_measure"):
        ax = Figure().add_subplot()
        getattr(two.plot, name)("car", ax=ax)
        assert rows(ax) == ["Mexico: baseline", "Mexico: a", "Mexico: b"]


def test_baselines_that_differ_are_told_apart(two, ax):
    table = two.tables["landed_cost"].copy()
    table.loc[table["scenario"] == "b", "freight_usd_per_unit"] += 1.0
    with_table(two, "landed_cost", table).plot.landed_cost("car", ax=ax)
    assert rows(ax) == ["Mexico: baseline of a", "Mexico: a", "Mexico: baseline of b", "Mexico: b"]


def test_duty_by_measure_adds_up_to_what_is_charged(result, ax):
    result.plot.duty_by_measure("car", ax=ax)
    lines = result.table("duty_lines")
    sums = lines.groupby(["action", "case"])["duty_usd_per_unit"].sum().unstack(fill_value=0.0)
    found = bars(drawn(ax))
    charged = sums[(sums > 0).any(axis=1)].to_numpy()
    assert np.array(sorted(found.values())) == pytest.approx(np.array(sorted(charged.tolist())))
    whole = result.table("landed_cost")["duty_usd_per_unit"].tolist()
    assert np.sum(list(found.values()), axis=0) == pytest.approx(whole)
    assert set(legend(ax)) == {"Cars", "IGI"}
    assert ax.get_xlabel() == "Duty charged at all borders, central [USD per vehicle]"
    assert ax.get_title() == "Duty by measure: Car"
    assert said(ax) == []


def test_a_duty_that_is_not_known_is_written_and_not_drawn_as_nothing(result, ax):
    table = result.tables["duty_lines"].copy()
    wanted = (table["case"] == "scenario") & (table["action"] == "us-cars")
    table.loc[wanted, "duty_usd_per_unit"] = np.nan
    with_table(result, "duty_lines", table).plot.duty_by_measure("car", ax=ax)
    assert said(drawn(ax)) == [" and a part that is not known"]
    assert ax.texts[0].get_position() == pytest.approx((357.0, 1))


@pytest.mark.parametrize(("others", "named"), [(1, "Measure 0"), (3, "3 other measures")])
def test_small_measures_share_a_colour(result, ax, others, named):
    one = result.tables["duty_lines"].iloc[:1]
    many = pd.concat(
        [
            one.assign(action=f"m{n}", title=f"Measure {n}", duty_usd_per_unit=float(n + 1))
            for n in range(MOST_MEASURES + others)
        ]
    )
    with_table(result, "duty_lines", many).plot.duty_by_measure("car", ax=ax)
    assert legend(ax)[0] == f"Measure {MOST_MEASURES + others - 1}"
    assert legend(ax)[-1] == named
    assert [patch.get_width() for patch in ax.patches][-1] == sum(range(1, others + 1))
    assert len(bars(ax)) == MOST_MEASURES + 1


def test_headlines_are_medians_in_per_cent_with_their_ranges(result, ax):
    result.plot.headlines(ax=ax)
    table = result.table("headline")
    table = table[table["metric"].str.endswith("_change_share")]
    found = points(drawn(ax))
    assert [float(value[0]) for value in found.values()] == pytest.approx(
        (100 * table["median"]).tolist()
    )
    pairs = 100 * table[["low", "high"]].to_numpy()
    assert np.array(whiskers(ax)) == pytest.approx(pairs)
    assert list(found) == ["Change of landed cost", "Change of the buyer's price",
                           "Change of volume"]  # fmt: skip
    assert rows(ax) == ["Car"]
    assert ax.get_xlabel() == "Change against the baseline, median [per cent]"


def test_jobs_stand_side_by_side_and_are_never_added(result, ax):
    result.plot.jobs(ax=ax)
    table = result.table("job_numbers").query("level == 'firm'")
    found = points(drawn(ax))
    for title, kind in (("Exposed", "exposed"), ("Predicted change", "predicted")):
        assert found[title].tolist() == table.loc[table["kind"] == kind, "central"].tolist()
    assert len(whiskers(ax)) == len(table)
    assert rows(ax) == ["Firm, Korea", "Firm, Mexico", "Firm, United States"]
    assert ax.get_xlabel() == "Jobs, central [persons]"
    places = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert (places["Exposed"] != places["Predicted change"]).all()


def test_firms_have_duties_before_and_after_and_profit(result, two, ax):
    result.plot.firms(ax=ax)
    table = result.table("firm_results").query("level == 'firm'").set_index("metric")
    found = {name: float(value[0]) for name, value in points(drawn(ax)).items()}
    assert found == pytest.approx(
        {
            "Duties, baseline": table.loc["duty_bill_usd", "baseline"] / 1e6,
            "Duties, scenario": table.loc["duty_bill_usd", "central"] / 1e6,
            "Operating profit, change": table.loc["operating_profit_change_usd", "central"] / 1e6,
        }
    )
    assert rows(ax) == ["Firm"]
    assert ax.get_xlabel() == "Central [USD million a year]"
    other = Figure().add_subplot()
    two.plot.firms(ax=other)
    assert rows(other) == ["Firm: a", "Firm: b"]


def test_a_number_that_is_not_known_is_written(result, ax):
    table = result.tables["headline"].copy()
    table.loc[table["metric"] == "volume_change_share", ["low", "median", "high"]] = np.nan
    with_table(result, "headline", table).plot.headlines(ax=ax)
    assert said(drawn(ax)) == [" not known"]
    assert len(whiskers(ax)) >= 2


@pytest.mark.parametrize("name", ["landed_cost", "duty_by_measure"])
def test_an_unknown_product_is_refused_with_those_that_are_there(result, ax, name):
    with pytest.raises(QueryError, match="no product 'cart'.*known: car"):
        getattr(result.plot, name)("cart", ax=ax)
    assert not ax.has_data()


def test_given_axes_leave_pyplot_alone_and_none_opens_one_figure(result, ax):
    import matplotlib.pyplot as plt

    before, settings = plt.get_fignums(), dict(mpl.rcParams)
    for name in ("headlines", "jobs", "firms"):
        ax.clear()
        getattr(result.plot, name)(ax=ax)
    assert plt.get_fignums() == before
    own = result.plot.headlines()
    assert len(plt.get_fignums()) == len(before) + 1
    assert own.figure is plt.gcf()
    plt.close(own.figure)
    assert dict(mpl.rcParams) == settings


def test_matplotlib_is_not_imported_before_a_picture_is_asked():
    """Neither with the package's verbs nor with the accessor; pyplot not with given axes."""
    code = """
import sys
import exposure.api
from exposure.model.results import Result
plot = Result({}, {}).plot
assert plot.landed_cost
assert not [name for name in sys.modules if name.split(".")[0] == "matplotlib"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_colours_are_told_apart_by_the_colour_blind():
    assert {colour for _, _, colour in PARTS} <= set(COLOURS)
    assert DUTY_COLOUR in COLOURS


# --- sweeps ----------------------------------------------------------------------------------

COLUMNS = [
    {"name": "scenario_id", "role": "id", "unit": "", "title": "Scenario"},
    {"name": "duty", "role": "input", "unit": "fraction", "title": "duty on cars"},
    {"name": "years", "role": "input", "unit": "years", "title": "years after"},
    {"name": "way", "role": "input", "unit": "", "title": "way"},
    {"name": "landed", "role": "output", "unit": "USD", "title": "landed cost"},
    {"name": "profit", "role": "output", "unit": "USD", "title": ""},
]


def grid():
    """Five rates, three years and two ways; one output is not known in one scenario."""
    table = pd.DataFrame(
        [(d / 10, y, w) for d in range(5) for y in (1, 2, 3) for w in ("air", "sea")],
        columns=["duty", "years", "way"],
    )
    table.insert(0, "scenario_id", np.arange(len(table)))
    table["landed"] = 100 * (1 + table["duty"]) + table["years"] + 5.0 * (table["way"] == "air")
    table["profit"] = 20 - 100 * table["duty"]
    return table


def opened(folder, table):
    (folder / "chunks").mkdir(parents=True)
    table.to_parquet(folder / "chunks" / "part-00000.parquet", index=False)
    table[:0].assign(reason="").to_parquet(folder / "quarantine.parquet", index=False)
    said = {
        "format": 1, "id": "cars", "title": "Cars", "rows": len(table), "seed": 1,
        "columns": COLUMNS, "design": {"kind": "grid", "inputs": ["duty", "years", "way"]},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    return open_sweep(folder)


@pytest.fixture
def sweep(tmp_path):
    return opened(tmp_path, grid())


def test_a_line_is_the_median_at_each_level_with_its_spread(sweep, ax):
    assert sweep.plot.line("duty", "landed", ax=ax) is ax
    groups = grid().groupby("duty")["landed"]
    line = drawn(ax).lines[0]
    assert line.get_xdata().tolist() == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert line.get_ydata() == pytest.approx(groups.median().to_numpy())
    bars = ax.containers[0][2][0].get_segments()
    assert [segment[0][1] for segment in bars] == pytest.approx(groups.quantile(0.1).tolist())
    assert [segment[1][1] for segment in bars] == pytest.approx(groups.quantile(0.9).tolist())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("duty on cars [fraction]", "landed cost [USD]")
    assert ax.get_title() == "landed cost along duty on cars: median of the scenarios"


def test_what_no_other_input_moves_has_no_whiskers(sweep, ax):
    sweep.plot.line("duty", "profit", ax=ax)
    assert not ax.containers
    assert ax.get_ylabel() == "profit [USD]"


def test_words_stand_side_by_side(sweep, ax):
    sweep.plot.line("way", "landed", ax=ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["air", "sea"]


def test_scenarios_that_are_not_known_are_counted(tmp_path, ax):
    table = grid()
    table.loc[[3, 8], "landed"] = np.nan
    sweep = opened(tmp_path, table)
    sweep.plot.line("duty", "landed", ax=ax)
    assert ax.get_title().endswith("; of 2 it is not known")
    other = Figure().add_subplot()
    sweep.plot.heat("duty", "years", "landed", ax=other)
    assert other.get_title().endswith("; of 2 it is not known")


def test_many_levels_become_bins(tmp_path, ax):
    many = pd.concat([grid()] * 20, ignore_index=True)
    many["scenario_id"] = np.arange(len(many))
    many["duty"] = np.linspace(0.0, 1.0, len(many))
    assert many["duty"].nunique() > MOST_LEVELS
    opened(tmp_path, many).plot.line("duty", "profit", ax=ax)
    at = ax.lines[0].get_xdata()
    assert len(at) == BINS
    assert np.diff(at) == pytest.approx(1.0 / BINS, rel=0.05)


def test_heat_has_a_cell_a_pair_of_levels(sweep, ax):
    sweep.plot.heat("duty", "years", "landed", ax=ax)
    table = grid().groupby(["years", "duty"])["landed"].median().unstack()
    mesh = drawn(ax).collections[0]
    assert np.ma.getdata(mesh.get_array()) == pytest.approx(table.to_numpy())
    assert mesh.get_clim() == (table.to_numpy().min(), table.to_numpy().max())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("duty on cars [fraction]", "years after [years]")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "2", "3"]
    assert ax.figure.axes[1].get_ylabel() == "USD"


def test_both_signs_put_zero_in_the_middle_and_unknown_cells_are_left_out(tmp_path, ax):
    table = grid()
    table.loc[(table["duty"] == 0.1) & (table["years"] == 2), "profit"] = np.nan
    opened(tmp_path, table).plot.heat("duty", "years", "profit", ax=ax)
    mesh = ax.collections[0]
    assert mesh.get_clim() == (-20.0, 20.0)
    assert np.ma.getmaskarray(mesh.get_array()).tolist() == [
        [False] * 5, [False, True, False, False, False], [False] * 5
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda plot, ax: plot.line("dutty", "landed", ax), "no column 'dutty'.*nearest: duty"),
        (lambda plot, ax: plot.line("landed", "duty", ax), "inputs: no column 'landed' .known: duty"),
        (lambda plot, ax: plot.line("duty", "lande", ax), "outputs.*nearest: landed"),
        (lambda plot, ax: plot.heat("duty", "way", "years", ax), "outputs: no column 'years' .known: landed"),
        (lambda plot, ax: plot.heat("duty", "duty", "landed", ax),
         "both axes.*another of: years, way"),
    ],
)  # fmt: skip
def test_wrong_names_are_refused_with_those_that_are_allowed(sweep, ax, call, says):
    with pytest.raises(QueryError, match=says):
        call(sweep.plot, ax)
    assert not ax.has_data()
