"""Sweeps and solves as documents: which designs take what, and what their columns are called."""

import pytest

from exposure.errors import Problems
from exposure.facts.documents import Dimension, Find, Range, Side, Solve, Sweep, Vary
from exposure.facts.strict_yaml import parse

VALUES = {"parameter": "p", "values": [0, 1]}
BETWEEN = {"parameter": "p", "between": [0, 1]}
HEAD = {"id": "grid", "title": "Grid", "scenario": "tariff"}


def made(form, given):
    return parse(form, given, "sweep.yaml")


def refusal(form, given):
    with pytest.raises(Problems) as caught:
        made(form, given)
    (line,) = str(caught.value).split("\n")
    return line.removeprefix("sweep.yaml: ").removeprefix("document: ")


def sweep(*dimensions, **more):
    return {**HEAD, "dimensions": list(dimensions), **more}


# --- one dimension ---------------------------------------------------------------------------

ONE = ("names one of: `action` with `clause`, `parameter`, `figure`, `currency`, `options`, "
       "`law_on`")  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": "x", "values": [1]},
        {"parameter": "p", "figure": "f"},
        {"action": "a"},
        {"clause": "c"},
        {"action": "a", "parameter": "p"},
        {"options": {"x": {}}, "law_on": ["2025-01-01"]},
    ],
)
def test_a_dimension_moves_one_thing(given):
    assert refusal(Dimension, given) == f"a dimension {ONE}"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"options": {"x": {}}, "values": [1]},
            "`options` lists its values itself; leave out `values`",
        ),
        (
            {"law_on": ["2025-01-01"], "between": [0, 1]},
            "`law_on` lists its values itself; leave out `between`",
        ),
        ({**VALUES, "between": [0, 1]}, "`values` or `between`, not both"),
        ({**VALUES, "range": {"from": 0, "to": 1, "steps": 2}}, "`values` or `range`, not both"),
        ({**BETWEEN, "between": [1, 1]}, "a range goes upwards; 1.0 to 1.0 does not"),
        ({"options": {}}, "`options` names at least one"),
    ],
)
def test_a_dimension_says_once_over_what_it_moves(given, says):
    assert refusal(Dimension, given) == says


@pytest.mark.parametrize(
    ("given", "column", "categorical"),
    [
        ({"action": "us-cars", "clause": "kor"}, "us-cars/kor", False),
        ({"parameter": "pass_through"}, "pass_through", False),
        ({"figure": "car/part/body"}, "car/part/body", False),
        ({"currency": "KOR"}, "currency/KOR", False),
        ({"options": {"x": {}}}, "option", True),
        ({"law_on": ["2025-01-01"]}, "law_on", True),
        ({"parameter": "pass_through", "name": "mine"}, "mine", False),
    ],
)
def test_a_column_is_called_by_what_it_moves_or_by_its_name(given, column, categorical):
    found = made(Dimension, given)
    assert (found.column, found.categorical) == (column, categorical)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"from": 1, "to": 1, "steps": 2}, "a range goes upwards; 1.0 to 1.0 does not"),
        ({"from": 2, "to": 1, "steps": 2}, "a range goes upwards; 2.0 to 1.0 does not"),
    ],
)
def test_a_range_goes_upwards(given, says):
    assert refusal(Range, given) == says


def test_a_range_has_both_its_ends():
    assert refusal(Range, {"from": 0, "to": 1, "steps": 1}).startswith("steps: ")


# --- designs ---------------------------------------------------------------------------------

OPTION = {"options": {"x": {}, "y": {}}}
RATE = {"action": "a", "clause": "c"}


@pytest.mark.parametrize(
    "given",
    [
        sweep(VALUES),
        sweep(VALUES, OPTION, {"law_on": ["2025-01-01"]}),
        sweep(draws=10),
        sweep(VALUES, {**RATE, "values": [0.1, 0.2]}, design="list"),
        sweep(VALUES, {**RATE, "range": {"from": 0, "to": 1, "steps": 2}}, OPTION, design="list"),
        sweep(BETWEEN, OPTION, design="latin_hypercube", size=3),
        # A parameter and a figure have a law of their own in the register.
        sweep({"parameter": "p"}, {"figure": "f"}, design="sobol", size=1),
        sweep(BETWEEN, design="saltelli", size=1024),
    ],
)
def test_designs_that_are_whole(given):
    assert made(Sweep, given).id == "grid"


TWICE = "stands twice; give one of the dimensions another `name`"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (sweep(), "a sweep has `dimensions`, or `draws`, or both"),
        (sweep(VALUES, VALUES), f"column 'p' {TWICE}"),
        (sweep(VALUES, {**OPTION, "name": "p"}), f"column 'p' {TWICE}"),
        (sweep({**VALUES, "name": "draw"}), f"column 'draw' {TWICE}"),
        (sweep({**VALUES, "name": "scenario_id"}), f"column 'scenario_id' {TWICE}"),
        (sweep(VALUES, size=4), "design `grid` takes no `size`"),
        (sweep(VALUES, design="list", size=4), "design `list` takes no `size`"),
        (sweep(BETWEEN, design="sobol"), "design `sobol` needs `size`"),
        (
            sweep(BETWEEN, design="sobol", size=1000),
            "design `sobol` takes a `size` that is a power of 2, as 1024 or 65536",
        ),
        (
            sweep(BETWEEN, design="saltelli", size=3),
            "design `saltelli` takes a `size` that is a power of 2, as 1024 or 65536",
        ),
        (
            sweep(BETWEEN, design="saltelli", size=4, draws=1),
            "design `saltelli` takes no `draws`: let its dimensions follow the register",
        ),
        (
            sweep(VALUES, {**RATE, "values": [0.1]}, design="list"),
            "in a `list` all dimensions have as many values",
        ),
        (
            sweep(VALUES, {"law_on": ["2025-01-01"]}, design="list"),
            "in a `list` all dimensions have as many values",
        ),
        (
            sweep(OPTION, design="saltelli", size=4),
            "option: `saltelli` moves numbers, not options or days",
        ),
        (
            sweep(VALUES, design="latin_hypercube", size=3),
            "p: a sampled design takes `between: [low, high]`",
        ),
        (sweep(BETWEEN), "p: design `grid` takes `values` or `range`"),
        (sweep({"parameter": "p"}, design="list"), "p: design `list` takes `values` or `range`"),
        (
            sweep({"currency": "KOR"}, design="sobol", size=2),  # the register has no law for it
            "currency/KOR: give `between: [low, high]`",
        ),
        (sweep(RATE, design="sobol", size=2), "a/c: give `between: [low, high]`"),
    ],
)
def test_each_misfit_of_a_design_has_its_line(given, says):
    assert refusal(Sweep, given) == says


def test_the_first_misfit_is_told():
    assert refusal(Sweep, sweep(VALUES, VALUES, size=3)).startswith("column 'p'")


# --- solves ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"action": "us-cars", "clause": "kor"}, "us-cars/kor"),
        ({"parameter": "p"}, "p"),
        ({"currency": "KOR"}, "currency/KOR"),
        ({"mix": {"product": "car", "routes": ["home", "mexico"]}}, "car/home+mexico/share"),
        ({"parameter": "p", "name": "mine"}, "mine"),
    ],
)
def test_what_is_looked_for_is_called_as_in_a_sweep(given, column):
    assert made(Vary, {**given, "between": [0, 1]}).column == column


def test_what_is_looked_for_is_a_dimension_at_its_two_ends():
    given = {"action": "a", "clause": "c", "name": "mine", "between": [0, 0.5]}
    found = made(Vary, given).dimension()
    assert (found.values, found.between, found.column) == ([0.0, 0.5], None, "mine")


@pytest.mark.parametrize(
    ("between", "fits"),
    [([0, 1], True), ([0.2, 0.3], True), ([-0.1, 1], False), ([0, 1.1], False)],
)
def test_a_mix_is_a_share(between, fits):
    given = {"mix": {"product": "car", "routes": ["home"]}, "between": between}
    if fits:
        assert made(Vary, given).between == tuple(between)
    else:
        low, high = map(float, between)
        assert refusal(Vary, given) == (
            f"a share of routes lies between 0 and 1; {low} to {high} does not"
        )


def test_only_a_rate_may_not_be_below_nought():
    assert made(Vary, {"currency": "KOR", "between": [-0.2, 0.2]}).between == (-0.2, 0.2)
    given = {"action": "a", "clause": "c", "between": [-0.2, 0.2]}
    assert refusal(Vary, given) == "a rate is 0 or more; -0.2 is not"


@pytest.mark.parametrize(
    ("given", "constant"),
    [
        ({"of": "a"}, False),
        ({"of": "a", "times": 2, "plus": 1}, False),
        ({"of": "a", "today": True}, True),
        ({"of": "a", "scenario": "other"}, True),
    ],
)
def test_a_side_of_today_or_of_another_scenario_is_constant(given, constant):
    assert made(Side, given).constant is constant


def test_what_is_found_has_sides_that_may_be_named_alone():
    equal = made(Find, {"equal": ["a", {"of": "b", "today": True}]})
    assert [(side.of, side.today) for side in equal.sides] == [("a", False), ("b", True)]
    assert [side.of for side in made(Find, {"level": {"of": "a", "is": 3}}).sides] == ["a"]
    assert made(Find, {"switch": "car"}).sides == ()


def test_two_constants_leave_nothing_to_look_for():
    sides = [{"of": "a", "today": True}, {"of": "b", "scenario": "other"}]
    says = "nothing varies: each side is `today` or of another scenario"
    assert refusal(Find, {"equal": sides}) == says


def test_a_solve_draws_as_often_as_it_says():
    given = {**HEAD, "question": "When?", "vary": {"parameter": "p", "between": [0, 1]},
             "find": {"switch": "car"}}  # fmt: skip
    assert made(Solve, given).draws == 200
    for draws in (-1, 100_001):
        assert refusal(Solve, {**given, "draws": draws}).startswith("draws: Input should be")
