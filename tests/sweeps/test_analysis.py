"""What is read off a sweep: by hand, by closed forms, by another library, and what must hold."""

import itertools

import numpy as np
import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.model.sensitivity import base_samples, indices
from exposure.sweeps.analysis import bands, flip, heat_map, sobol, tornado
from exposure.sweeps.discovery import Box, discover

NAN = np.nan


def grid(**axes):
    """All combinations, the last fastest."""
    return pd.DataFrame(list(itertools.product(*axes.values())), columns=list(axes))


def shuffled(frame, seed=0):
    return frame.sample(frac=1.0, random_state=seed)


# Heat map


def small():
    """Two by three cells, two rows each: output 10 x + y and 2 more; one cell not known at all."""
    frame = grid(x=[1, 2], y=[0.0, 0.5, 1.0], again=[0, 1])
    frame["out"] = 10.0 * frame["x"] + frame["y"] + 2.0 * frame["again"]
    frame.loc[(frame["x"] == 2) & (frame["y"] == 0.5), "out"] = NAN
    return frame


def test_heat_map_by_hand():
    found = heat_map(small(), "x", "y", "out")
    assert found.columns.name == "x"
    assert found.index.name == "y"
    assert list(found.columns) == [1, 2]
    assert list(found.index) == [0.0, 0.5, 1.0]
    np.testing.assert_array_equal(found, [[11, 21], [11.5, NAN], [12, 22]])
    assert found.attrs["dropped"] == 2


@pytest.mark.parametrize(
    ("statistic", "cell"),
    [("mean", 11.0), ("min", 10.0), ("max", 12.0), ("std", np.sqrt(2)), ("count", 2)],
)
def test_statistics_of_a_cell(statistic, cell):
    found = heat_map(small(), "x", "y", "out", statistic)
    assert found.loc[0.0, 1] == pytest.approx(cell)
    if statistic == "count":
        assert found.loc[0.5, 2] == 0


def test_a_row_of_which_nothing_is_known_stays_in_the_map():
    frame = small()
    frame.loc[frame["y"] == 1.0, "out"] = NAN
    found = heat_map(frame, "x", "y", "out")
    assert list(found.index) == [0.0, 0.5, 1.0]
    assert found.loc[1.0].isna().all()
    assert found.attrs["dropped"] == 6


def test_many_values_are_cut_into_twenty_bins_of_equal_count():
    frame = pd.DataFrame({"x": np.arange(200.0), "y": ["a", "b"] * 100, "out": 1.0})
    found = heat_map(frame, "x", "y", "out", "count")
    # Ten values a bin: 0 to 9 has its middle at 4.5.
    np.testing.assert_array_equal(found.columns, np.arange(20) * 10 + 4.5)
    assert (found == 5).all(axis=None)
    assert list(found.index) == ["a", "b"]


def test_forty_values_stand_one_by_one():
    for count, shown in ((40, 40), (41, 20)):
        frame = pd.DataFrame({"x": np.arange(count), "y": 0, "out": 1.0})
        assert heat_map(frame, "x", "y", "out").shape == (1, shown)


def test_rows_of_one_value_stay_in_one_bin():
    values = np.concatenate([np.zeros(100), np.arange(1.0, 101.0)])
    frame = pd.DataFrame({"x": values, "y": 0, "out": 1.0})
    found = heat_map(frame, "x", "y", "out", "count")
    assert found.columns[0] == 0.0
    assert found.iloc[0, 0] == 100
    assert (found.iloc[0, 1:] == 10).all()
    assert found.to_numpy().sum() == 200


def test_heat_map_refuses():
    with pytest.raises(QueryError, match=r"no column 'ot' \(nearest: out\)"):
        heat_map(small(), "x", "y", "ot")
    with pytest.raises(QueryError, match="no column 'xx'"):
        heat_map(small(), "xx", "y", "out")
    with pytest.raises(QueryError, match="two inputs"):
        heat_map(small(), "x", "x", "out")
    with pytest.raises(QueryError, match=r"no statistic 'mode' \(median, mean"):
        heat_map(small(), "x", "y", "out", "mode")
    with pytest.raises(QueryError, match="holds words"):
        heat_map(small().assign(out="a"), "x", "y", "out")
    with pytest.raises(QueryError, match=r"y: 1 empty cells"):
        heat_map(small().assign(y=[NAN, *[1.0] * 11]), "x", "y", "out")


# Tornado


def test_tornado_by_hand():
    frame = grid(a=[1, 2, 3], b=[0.0, 1.0], route=["air", "sea"])
    frame["out"] = -1.0 * frame["a"] + 10 * frame["b"] + 3 * (frame["route"] == "air")
    found = tornado(frame, ["a", "b", "route"], "out").set_index("input")
    assert list(found.index) == ["b", "route", "a"], "by absolute swing"
    # a = 1: outputs -1, 2, 9, 12, median 5.5; a = 3: two less.
    assert list(found.loc["a", ["low", "high", "at_low", "at_high", "swing"]]) == [
        1, 3, 5.5, 3.5, -2.0,
    ]  # fmt: skip
    # b = 0: -3, -2, -1, 0, 1, 2.
    assert list(found.loc["b", ["at_low", "at_high", "swing"]]) == [-0.5, 9.5, 10.0]
    assert list(found.loc["route", ["low", "high", "swing"]]) == ["sea", "air", 3.0]


def test_tornado_by_deciles_where_values_are_many():
    frame = pd.DataFrame({"x": np.arange(101.0)})
    frame["out"] = 2.0 * frame["x"]
    row = tornado(frame, ["x"], "out").iloc[0]
    # x up to 10 has the median 5, from 90 on 95.
    assert list(row[["low", "high", "swing", "at_low", "at_high"]]) == [10, 90, 180, 10, 190]
    row = tornado(frame, ["x"], "out", low=0.2, high=0.5).iloc[0]
    assert list(row[["low", "high", "at_low", "at_high"]]) == [20, 50, 20, 150]


def test_tornado_without_a_known_row_and_with_bad_ends():
    frame = pd.DataFrame({"x": [1.0, 2.0], "w": ["a", "b"], "out": [NAN, NAN]})
    found = tornado(frame, ["x", "w"], "out")
    assert found[["low", "high", "swing"]].isna().all(axis=None)
    assert found.attrs["dropped"] == 2
    with pytest.raises(QueryError, match="low < high"):
        tornado(frame, ["x"], "out", low=0.9, high=0.1)
    with pytest.raises(QueryError, match="no column 'y'"):
        tornado(frame, ["y"], "out")


# Bands


def test_bands_by_hand():
    frame = pd.DataFrame({"x": [1] * 5 + [2] * 3 + [3], "out": [0.0, 1, 2, 3, 4, 7, NAN, 9, NAN]})
    found = bands(frame, "x", "out", (0.25, 0.5, 0.125))
    assert list(found.columns) == ["x", "p25", "p50", "p12.5", "rows", "dropped"]
    assert list(found["x"]) == [1, 2, 3]
    np.testing.assert_array_equal(found["p25"], [1, 7.5, NAN])
    np.testing.assert_array_equal(found["p50"], [2, 8, NAN])
    np.testing.assert_array_equal(found["p12.5"], [0.5, 7.25, NAN])
    assert list(found["rows"]) == [5, 2, 0]
    assert list(found["dropped"]) == [0, 1, 1]
    assert found.attrs["dropped"] == 2


def test_bands_by_bins_and_refusals():
    frame = pd.DataFrame({"x": np.arange(400), "out": np.arange(400.0)})
    found = bands(frame, "x", "out")
    np.testing.assert_array_equal(found["x"], np.arange(20) * 20 + 9.5)
    np.testing.assert_array_equal(found["p50"], found["x"])
    np.testing.assert_allclose(found["p95"] - found["p5"], 0.9 * 19)
    for wrong in ((), (0.5, 1.5)):
        with pytest.raises(QueryError, match="from 0 to 1"):
            bands(frame, "x", "out", wrong)


# Sobol

FIRST = [0.313905, 0.442411, 0.0]
TOTAL = [0.557589, 0.442411, 0.243684]
NAMES = ["x1", "x2", "x3"]


def ishigami(uniform):
    """Ishigami and Homma (1990): sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi)."""
    x = (2 * uniform - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def design(samples, model=ishigami, names=3, seed=1):
    """Rows of a saltelli design: block A, block B, and A with one column from B each."""
    a, b = base_samples(samples, names, seed)
    blocks = [a, b]
    for place in range(names):
        mixed = a.copy()
        mixed[:, place] = b[:, place]
        blocks.append(mixed)
    points = np.concatenate(blocks)
    return pd.DataFrame({"scenario_id": np.arange(len(points)), "out": model(points)})


def test_ishigami_has_its_indices():
    found = sobol(design(2**14), NAMES, 2**14, "out")
    assert list(found["input"]) == NAMES
    np.testing.assert_allclose(found["first"], FIRST, atol=0.005)
    np.testing.assert_allclose(found["total"], TOTAL, atol=0.005)
    for name in ("first", "total"):
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()
    assert found.attrs == {"dropped": 0, "samples": 2**14}


def test_another_library_agrees_on_the_same_rows():
    from SALib.analyze import sobol as analyze

    size = 2048
    frame = design(size)
    found = sobol(frame, NAMES, size, "out", resamples=1000)
    blocks = frame["out"].to_numpy().reshape(5, size)
    # There the rows of one sample stand together: A, the mixed ones, B.
    theirs = analyze.analyze(
        {"num_vars": 3, "names": NAMES, "bounds": [[0, 1]] * 3},
        blocks[[0, 2, 3, 4, 1]].T.ravel(),
        calc_second_order=False, num_resamples=1000, seed=5,
    )  # fmt: skip
    np.testing.assert_allclose(found["total"], theirs["ST"], rtol=1e-9)
    # Theirs is centred at the mean of all blocks.
    np.testing.assert_allclose(found["first"], theirs["S1"], atol=0.003)
    for ours, key in (("first", "S1_conf"), ("total", "ST_conf")):
        width = (found[f"{ours}_high"] - found[f"{ours}_low"]) / 2
        # Half a range of 90 % beside 1.96 standard deviations.
        np.testing.assert_allclose(width, theirs[key] * 1.645 / 1.96, rtol=0.15)


def test_one_resample_is_the_indices_of_the_samples_drawn():
    size = 64
    frame = design(size, lambda u: ishigami(u) + 1e4)
    found = sobol(frame, NAMES, size, "out", resamples=1, seed=9)
    drawn = np.random.default_rng(9).integers(size, size=(1, size))[0]
    blocks = frame["out"].to_numpy().reshape(5, size)[:, drawn]
    expected = indices(blocks[0], blocks[1], blocks[2:])
    for end in ("low", "high"):
        np.testing.assert_allclose(found[f"first_{end}"], expected.first, atol=1e-9)
        np.testing.assert_allclose(found[f"total_{end}"], expected.total, atol=1e-9)


def test_ranges_hold_the_truth_about_as_often_as_they_say():
    """A sum of independent numbers: 40 designs of random points, two inputs, two indices."""
    size, held = 256, []
    for seed in range(40):
        stream = np.random.default_rng(seed)
        a, b = stream.random((2, size, 2))
        weights = np.array([1.0, 2.0])
        mixed = [np.where(np.arange(2) == place, b, a) @ weights for place in range(2)]
        frame = pd.DataFrame({"out": np.concatenate([a @ weights, b @ weights, *mixed])})
        frame["scenario_id"] = np.arange(len(frame))
        found = sobol(frame, ["p", "q"], size, "out", seed=seed)
        for name in ("first", "total"):
            inside = found[f"{name}_low"].le([0.2, 0.8]) & found[f"{name}_high"].ge([0.2, 0.8])
            held += inside.tolist()
    assert 0.8 < np.mean(held) < 0.97


def test_scale_shift_and_order_do_not_matter():
    frame = design(256)
    plain = sobol(frame, NAMES, 256, "out")
    moved = shuffled(frame.assign(out=1e6 * frame["out"] - 3e6))
    pd.testing.assert_frame_equal(sobol(moved, NAMES, 256, "out"), plain, rtol=1e-8)


@pytest.mark.parametrize("value", [0.1, 0.0, 1e12 + 0.3])
def test_a_constant_has_no_indices(value):
    found = sobol(design(64, lambda u: np.full(len(u), value)), NAMES, 64, "out")
    assert found.drop(columns="input").isna().all(axis=None)
    assert found.attrs["samples"] == 64


def test_a_sample_that_lost_a_row_drops_out_of_every_block():
    whole = design(128)
    lost = whole.copy()
    lost.loc[128 + 5, "out"] = NAN
    lost = lost.drop(index=[3, 4 * 128 + 7])
    found = sobol(lost, NAMES, 128, "out")
    assert found.attrs == {"dropped": 3, "samples": 125}
    kept = ~np.isin(whole["scenario_id"] % 128, [3, 5, 7])
    rest = whole[kept].assign(scenario_id=np.arange(5 * 125))
    expected = sobol(rest, NAMES, 125, "out")
    pd.testing.assert_frame_equal(found, expected)


def test_nothing_known_gives_nothing():
    for rows in (design(8).assign(out=NAN), design(8)[:0]):
        found = sobol(rows, NAMES, 8, "out")
        assert found.drop(columns="input").isna().all(axis=None)
        assert found.attrs == {"dropped": 8, "samples": 0}


def test_sobol_refuses_what_is_not_the_design():
    frame = design(8)
    with pytest.raises(QueryError, match="0 to 31 with 2 inputs of 8 samples"):
        sobol(frame, NAMES[:2], 8, "out")
    with pytest.raises(QueryError, match="stands twice"):
        sobol(pd.concat([frame, frame[:1]]), NAMES, 8, "out")
    with pytest.raises(QueryError, match=r"no column 'scenario_id'"):
        sobol(frame[["out"]], NAMES, 8, "out")
    with pytest.raises(QueryError, match="whole numbers"):
        sobol(frame.assign(scenario_id=frame["scenario_id"] + 0.5), NAMES, 8, "out")
    with pytest.raises(QueryError, match="empty design"):
        sobol(frame, NAMES, 8, "out", resamples=0)


# Flip


def test_flip_is_exact_on_linear_functions():
    frame = grid(a=[0.0, 1.0, 2.0], b=["x", "y"], c=[0.0, 1.0, 3.0, 7.0])
    slope = frame["b"].map({"x": 2.0, "y": -0.5})
    frame["out"] = slope * frame["c"] + frame["a"]
    found = flip(shuffled(frame), ["a", "b", "c"], "out", 2.5)
    assert list(found.columns) == ["a", "b", "c", "always", "crossings", "dropped"]
    # a + 2 c = 2.5, a - c / 2 = 2.5 (never: a is 2 at most).
    assert list(zip(found["a"], found["b"], strict=True)) == [
        (a, b) for a in (0.0, 1.0, 2.0) for b in ("x", "y")
    ]
    np.testing.assert_allclose(found["c"], [1.25, NAN, 0.75, NAN, 0.25, NAN], rtol=1e-15)
    assert list(found["always"]) == ["", "below"] * 3
    assert list(found["crossings"]) == [1, 0] * 3
    assert (found["dropped"] == 0).all()


@pytest.mark.parametrize(
    ("outputs", "value", "always", "crossings", "dropped"),
    [
        ([-1, 1, -1, 3], 0.5, "", 3, 0),
        ([-1, 0, 1, 2], 1.0, "", 1, 0),
        ([1, 0, -1, -2], 1.0, "", 1, 0),
        ([0, 0, 0, 0], NAN, "above", 0, 0),
        ([-1, -2, -3, -1], NAN, "below", 0, 0),
        ([2, 0, 2, 2], NAN, "above", 0, 0),
        ([-1, NAN, 3, 4], 0.5, "", 1, 1),
        ([NAN, NAN, NAN, NAN], NAN, "", 0, 4),
        ([NAN, 2, NAN, NAN], NAN, "above", 0, 3),
    ],
)
def test_crossings_by_hand(outputs, value, always, crossings, dropped):
    frame = pd.DataFrame({"c": [0, 1, 2, 3], "out": np.array(outputs, dtype=float)})
    found = flip(frame, ["c"], "out", 0.0)
    assert len(found) == 1
    row = found.iloc[0]
    np.testing.assert_equal(float(row["c"]), value)
    assert (row["always"], row["crossings"], row["dropped"]) == (always, crossings, dropped)
    assert found.attrs["dropped"] == dropped


def test_a_row_that_failed_counts_as_dropped_and_lines_do_not_touch():
    frame = grid(a=[0, 1], c=[0.0, 1.0, 2.0])
    # Above all along the first line, below along the second: no crossing between them.
    frame["out"] = np.where(frame["a"] == 0, 1.0, -1.0)
    found = flip(frame.drop(index=1), ["a", "c"], "out", 0.0)
    assert list(found["always"]) == ["above", "below"]
    assert list(found["dropped"]) == [1, 0]
    assert list(found["crossings"]) == [0, 0]


def test_flip_refuses_what_is_no_grid():
    frame = grid(a=[0, 1], c=[0.0, 1.0, 2.0]).assign(out=1.0)
    with pytest.raises(QueryError, match="several rows with the same inputs"):
        flip(frame, ["c"], "out", 0.0)
    with pytest.raises(QueryError, match="no two rows differ in c alone"):
        flip(frame.iloc[[0, 4]], ["a", "c"], "out", 0.0)
    with pytest.raises(QueryError, match="holds words"):
        flip(frame.assign(c=list("abcabc")), ["a", "c"], "out", 0.0)
    with pytest.raises(QueryError, match="no input"):
        flip(frame, [], "out", 0.0)
    with pytest.raises(QueryError, match="no column 'd'"):
        flip(frame, ["d", "c"], "out", 0.0)


# Boxes


def planted(size=20_000, noise=0.0, seed=3):
    """Output 1 where duty lies in 0.3 to 0.7 and pass-through above 0.6, by chance elsewhere."""
    stream = np.random.default_rng(seed)
    frame = pd.DataFrame(stream.random((size, 4)), columns=["duty", "pass", "idle", "years"])
    inside = frame["duty"].between(0.3, 0.7) & (frame["pass"] > 0.6)
    turned = stream.random(size) < noise
    return frame.assign(out=np.where(inside ^ turned, 1.0, 0.0))


INPUTS = ["duty", "pass", "idle", "years"]


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_planted_box_is_found(noise):
    frame = planted(noise=noise)
    box = discover(frame, INPUTS, "out", above=0.5, boxes=1)[0]
    assert set(box.limits) == {"duty", "pass"}
    np.testing.assert_allclose(box.limits["duty"], (0.3, 0.7), atol=0.02)
    np.testing.assert_allclose(box.limits["pass"], (0.6, np.inf), atol=0.02)
    # What a box says of itself is so.
    low, high = box.limits["duty"]
    inside = frame["duty"].between(low, high) & (frame["pass"] >= box.limits["pass"][0])
    hit = frame["out"] > 0.5
    assert box.support == inside.mean()
    assert box.density == hit[inside].mean()
    assert box.coverage == (hit & inside).sum() / hit.sum()
    assert box.density > 0.97 * (1 - noise)
    assert (box.rows, box.dropped) == (20_000, 0)


def test_what_a_coarse_peel_took_is_pasted_again():
    """Peels of 30 %: from 0.3 to 1, to 0.79, to 0.64; the planted box ends at 0.7."""
    frame = pd.DataFrame({"x": (np.arange(1000) + 0.5) / 1000})
    frame["out"] = frame["x"].between(0.3, 0.7).astype(float)
    box = discover(frame, ["x"], "out", above=0.5, peel=0.3, boxes=1)[0]
    assert box.density == 1.0
    assert box.coverage > 0.98


def test_limits_are_values_of_the_grid_and_below_is_the_other_side():
    frame = grid(a=[0, 1, 2, 3, 4], b=[0.0, 0.1, 0.2, 0.3], c=[1, 2, 3])
    inside = frame["a"].between(1, 3) & (frame["b"] <= 0.1)
    frame["out"] = np.where(inside, -5.0, 5.0)
    found = discover(frame, ["a", "b", "c"], "out", below=0.0)
    assert len(found) == 1, "nothing is left for another box"
    assert dict(found[0].limits) == {"a": (1.0, 3.0), "b": (-np.inf, 0.1)}
    assert (found[0].coverage, found[0].density, found[0].support) == (1.0, 1.0, 0.3)
    turned = discover(frame.assign(out=-frame["out"]), ["a", "b", "c"], "out", above=0.0)
    assert turned == found


def test_two_planted_boxes_come_one_after_the_other():
    frame = grid(a=range(10), b=range(10), c=range(4))
    first = (frame["a"] >= 6) & (frame["b"] >= 5)
    second = (frame["a"] <= 2) & (frame["b"] <= 2)
    frame["out"] = (first | second).astype(float)
    found = discover(frame, ["a", "b", "c"], "out", above=0.5)
    assert [dict(box.limits) for box in found] == [
        {"a": (6.0, np.inf), "b": (5.0, np.inf)},
        {"a": (-np.inf, 2.0), "b": (-np.inf, 2.0)},
    ]
    assert [box.density for box in found] == [1.0, 1.0]
    assert sum(box.coverage for box in found) == pytest.approx(1.0)
    assert len(discover(frame, ["a", "b", "c"], "out", above=0.5, boxes=1)) == 1


def test_a_box_with_less_than_the_overall_share_is_none():
    """All of a >= 6, and every fifth row where b is 0: more than elsewhere, less than overall."""
    frame = grid(a=range(10), b=range(5), c=range(20))
    often = frame["a"] >= 6
    rarely = (frame["b"] == 0) & (frame["c"] % 5 == 0)
    found = discover(frame.assign(out=(often | rarely) * 1.0), ["a", "b"], "out", above=0.5)
    assert [dict(box.limits) for box in found] == [{"a": (6.0, np.inf)}]


def test_a_peel_is_judged_by_what_it_takes_away():
    """Taking one of the two values of a raises the share most, but by taking half of the rows.

    Where x is in the middle, all rows of a = 1 and 9 of 10 of a = 0 are of interest; elsewhere one
    of 10 and none. Without patience half of the box would be lost.
    """
    frame = grid(x=range(50), a=[0, 1], c=range(10))
    middle, one = frame["x"].between(20, 29), frame["a"] == 1
    hit = np.where(middle, one | (frame["c"] > 0), one & (frame["c"] == 0))
    found = discover(frame.assign(out=hit * 1.0), ["x", "a"], "out", above=0.5, boxes=1)
    assert [dict(box.limits) for box in found] == [{"x": (20.0, 29.0)}]


def test_pure_chance_gets_no_limits_that_chance_explains():
    """Eight rows of interest of 60, in no order: what looks like a box is chance."""
    stream = np.random.default_rng(0)
    kept = []
    for _ in range(30):
        frame = pd.DataFrame(stream.random((60, 3)), columns=list("abc"))
        frame["out"] = (np.arange(60) < 8).astype(float)
        for box in discover(frame, list("abc"), "out", above=0.5, boxes=1):
            inside = pd.Series(True, index=frame.index)
            for name, ends in box.limits.items():
                inside &= frame[name].between(*ends)
            # Each limit stands against the box without it: a binomial tail of 5 % at most.
            for name in box.limits:
                near = pd.Series(True, index=frame.index)
                for other, ends in box.limits.items():
                    near &= frame[other].between(*ends) | (other == name)
                size, hits = int(inside.sum()), int(frame["out"][inside].sum())
                from scipy.stats import binom

                kept.append(binom.sf(hits - 1, size, frame["out"][near].mean()))
    assert kept
    assert max(kept) <= 0.05


def test_an_input_that_does_not_matter_is_not_limited_in_a_small_sample():
    """Forty rows, decided by a alone: b and c are noise that a search could fit."""
    stream = np.random.default_rng(5)
    frame = pd.DataFrame(stream.random((40, 3)), columns=list("abc"))
    frame["out"] = ((frame["a"] > 0.5) ^ (stream.random(40) < 0.15)).astype(float)
    found = discover(frame, list("abc"), "out", above=0.5, boxes=1)
    assert [set(box.limits) for box in found] == [{"a"}]


def test_a_box_holds_the_least_support():
    frame = planted()
    for least in (0.05, 0.3, 0.6):
        for box in discover(frame, INPUTS, "out", above=0.5, least_support=least):
            assert box.support >= least
    assert discover(frame, INPUTS, "out", above=0.5, least_support=0.3)[0].support < 0.4


def test_order_of_rows_and_scale_of_inputs_do_not_matter():
    frame = planted(noise=0.1)
    found = discover(frame, INPUTS, "out", above=0.5)
    assert discover(shuffled(frame), INPUTS, "out", above=0.5) == found
    scaled = discover(frame.assign(duty=frame["duty"] * 8), INPUTS, "out", above=0.5)
    assert [box.coverage for box in scaled] == [box.coverage for box in found]
    assert scaled[0].limits["duty"] == tuple(8 * end for end in found[0].limits["duty"])


def test_rows_that_are_not_known_are_left_out_and_counted():
    frame = planted(2000)
    frame.loc[frame.index % 4 == 0, "out"] = NAN
    found = discover(frame, INPUTS, "out", above=0.5)
    assert {(box.rows, box.dropped) for box in found} == {(1500, 500)}
    rest = discover(frame.dropna(), INPUTS, "out", above=0.5)
    assert [box.limits for box in found] == [box.limits for box in rest]


@pytest.mark.parametrize("value", [0.0, 1.0, NAN])
def test_nothing_or_all_of_interest_has_no_box(value):
    assert discover(planted(100).assign(out=value), INPUTS, "out", above=0.5) == []


def test_discover_refuses():
    frame = planted(100)
    with pytest.raises(QueryError, match="exactly one"):
        discover(frame, INPUTS, "out")
    with pytest.raises(QueryError, match="exactly one"):
        discover(frame, INPUTS, "out", below=0.0, above=0.0)
    with pytest.raises(QueryError, match=r"no column 'yeras' \(nearest: years\)"):
        discover(frame, ["yeras"], "out", above=0.5)
    with pytest.raises(QueryError, match="holds words"):
        discover(frame.assign(duty="a"), INPUTS, "out", above=0.5)
    with pytest.raises(QueryError, match="peel 0"):
        discover(frame, INPUTS, "out", above=0.5, peel=0.0)
    with pytest.raises(QueryError, match="no input"):
        discover(frame, [], "out", above=0.5)


def test_the_sentence_of_a_box():
    box = Box(
        {"duty": (0.125, 0.25), "pass": (0.6, np.inf), "cost": (-np.inf, 12345.6)},
        coverage=0.71, density=0.92, support=0.18, rows=100, dropped=0,
    )  # fmt: skip
    titles = {"duty": "duty on Korea", "pass": "pass-through", "cost": "cost"}
    units = {"duty": "fraction", "pass": "1", "cost": "USD"}
    assert box.words(titles, units) == (
        "In 92 % of the cases with duty on Korea between 12.5 % and 25 %, pass-through at 0.6 or"
        " more and cost at 12,346 USD or less (18 % of all cases), it happens; these are 71 % of"
        " all where it does."
    )


def test_the_sentence_does_not_round_to_all_or_none():
    box = Box({"a": (2.0, 2.0)}, coverage=0.004, density=0.999, support=0.0, rows=9, dropped=0)
    assert box.words({}, {}) == (
        "In more than 99 % of the cases with a at 2 (0 % of all cases), it happens; these are"
        " less than 1 % of all where it does."
    )
    whole = Box({}, coverage=1.0, density=0.25, support=1.0, rows=9, dropped=0)
    assert whole.words({}, {}) == "In 25 % of all cases, it happens."


# What holds of all tables


@pytest.mark.parametrize(
    "table",
    [
        lambda f: heat_map(f, "x", "w", "out"),
        lambda f: heat_map(f, "x", "w", "out", "count"),
        lambda f: tornado(f, ["x", "w"], "out"),
        lambda f: bands(f, "x", "out"),
        lambda f: flip(f, ["w", "x"], "out", 0.5),
    ],
)
def test_order_of_rows_does_not_matter_and_what_is_not_known_is_counted(table):
    stream = np.random.default_rng(2)
    frame = grid(x=np.linspace(0, 1, 60), w=["p", "q", "r"])
    frame["out"] = stream.random(180)
    frame.loc[frame.index % 9 == 0, "out"] = NAN
    found = table(frame)
    pd.testing.assert_frame_equal(table(shuffled(frame, 4)), found)
    assert found.attrs["dropped"] == 20
