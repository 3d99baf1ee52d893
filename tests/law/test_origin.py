"""Rules of origin: cases worked by hand, the cheapest change beside brute force, and properties."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exposure.errors import DataError
from exposure.law.origin import Area, Stages, cheapest_change, origins, regional_value

NET = {"kind": "regional_value", "method": "net_cost", "threshold": 0.75}
VALUE = {"kind": "regional_value", "method": "transaction_value", "threshold": 0.60}


def chain(hts, country, edges, units=None, materials=None):
    source, target, weight = (np.array(column) for column in zip(*edges, strict=True))
    count = len(hts)
    return Stages(
        source=source.astype(np.int64),
        target=target.astype(np.int64),
        weight=weight.astype(float),
        units=np.ones(count) if units is None else np.array(units, dtype=float),
        route=np.zeros(count, dtype=np.int64),
        hts=tuple(hts),
        country=tuple(country),
        materials=materials or {},
    )


def area(rules, de_minimis=0.10):
    members = frozenset({"USA", "MEX", "CAN"})
    return Area("usmca", members, frozenset({"USA", "CAN"}), de_minimis, rules)


def run(stages, rules, own, net=1.0, **more):
    own = np.atleast_2d(np.array(own, dtype=float))
    return origins(stages, area(rules, **more), own, np.full(own.shape, net))


def test_net_cost_and_transaction_value_by_hand():
    """A car of 20,000 with 4,000 of foreign parts: 80 % of value; of a net cost of 18,000, 77.8 %."""
    args = (np.array([20_000.0]), np.array([4_000.0]), np.array([3_000.0]), np.array([0.9]))
    assert regional_value("transaction_value", *args)[0] == pytest.approx(0.80)
    assert regional_value("build_down", *args)[0] == pytest.approx(0.80)
    assert regional_value("net_cost", *args)[0] == pytest.approx(1 - 4_000 / 18_000)
    # 20,000 less 3,000 of assembly and 4,000 foreign leaves 13,000 of originating materials.
    assert regional_value("build_up", *args)[0] == pytest.approx(0.65)


def test_a_part_that_originates_counts_in_full_and_one_that_does_not_counts_what_is_regional():
    """Mexican gearbox of 60 with a Korean part of 20 passes 60 % (67 %) and rolls up to all 60;
    with a Korean part of 30 (50 %) it fails, and its Mexican 30 are still taken out."""
    stages = chain(
        ["870840", "870840", "870323"], ["KOR", "MEX", "MEX"], [(0, 1, 1.0), (1, 2, 1.0)]
    )
    rules = {"8708": ("part", [[VALUE]]), "8703": ("car", [[NET]])}
    rolled = run(stages, rules, [20, 40, 40])
    assert rolled.originates[0].tolist() == [False, True, True]
    assert rolled.foreign[0].tolist() == [0.0, 20.0, 0.0]
    failed = run(stages, rules, [30, 30, 40])
    assert failed.originates[0].tolist() == [False, False, False]
    assert failed.foreign[0].tolist() == [0.0, 30.0, 30.0]
    # Without Korean work the whole is regional; made in Korea, the Mexican part is not foreign.
    away = chain(["870840", "870840", "870323"], ["MEX", "KOR", "MEX"], [(0, 1, 1.0), (1, 2, 1.0)])
    found = run(away, rules, [20, 40, 40])
    assert found.foreign[0].tolist() == [0.0, 0.0, 40.0]


def test_change_of_heading_looks_at_foreign_materials_of_the_same_heading_only():
    shift = {"8537": ("panel", [[{"kind": "tariff_shift", "level": 4}]])}
    for code, passes in (("854231", True), ("853710", False)):
        stages = chain([code, "853710"], ["KOR", "MEX"], [(0, 1, 1.0)])
        assert run(stages, shift, [50, 50]).originates[0, 1] == passes
    # Up to a tenth of the value may fail.
    stages = chain(["853710", "853710"], ["KOR", "MEX"], [(0, 1, 1.0)])
    assert run(stages, shift, [10, 90]).originates[0, 1]
    assert not run(stages, shift, [10.1, 89.9]).originates[0, 1]


def test_every_test_of_an_alternative_must_hold_and_one_alternative_is_enough():
    stages = chain(["854231", "870323"], ["KOR", "MEX"], [(0, 1, 1.0)])
    hard = [NET, {"kind": "labour_value", "threshold": 0.40}]
    assert not run(stages, {"8703": ("car", [hard])}, [10, 90]).originates[0, 1]
    assert run(stages, {"8703": ("car", [hard, [NET]])}, [10, 90]).originates[0, 1]


def test_labour_value_steel_and_core_parts_by_hand():
    """Engine 30 from Ohio, steel 10 from Korea and 30 from Mexico, assembly 30 in Mexico."""
    hts, country = ["840734", "721049", "721049", "870323"], ["USA", "KOR", "MEX", "MEX"]
    steel = {"steel": np.array([0.0, 1.0, 1.0, 0.0])}
    stages = chain(hts, country, [(0, 3, 1.0), (1, 3, 1.0), (2, 3, 1.0)], materials=steel)
    tests = [
        {"kind": "labour_value", "threshold": 0.40},
        {"kind": "material_share", "material": "steel", "threshold": 0.70},
        {"kind": "material_share", "material": "aluminum", "threshold": 0.70},
        {"kind": "core_parts", "method": "net_cost", "threshold": 0.75, "hts": ["840734"]},
    ]
    found = run(stages, {"8703": ("car", [tests])}, [30, 10, 30, 30])
    labour, steel_share, aluminum, core = (item.value[0] for item in found.measured)
    assert labour == pytest.approx(0.30)
    assert steel_share == pytest.approx(0.75)
    assert np.isnan(aluminum)
    assert core == pytest.approx(1.0)
    assert [bool(item.held[0]) for item in found.measured] == [False, True, True, True]


def test_core_parts_are_one_group_by_their_units_and_net_cost():
    """Two engines of 30 from Ohio and one of 40 from Korea, net cost 80 % of value: 1 - 40 / 80."""
    stages = chain(
        ["840734", "840734", "870323"],
        ["USA", "KOR", "MEX"],
        [(0, 2, 2.0), (1, 2, 1.0)],
        units=[2, 1, 1],
    )
    core = {"kind": "core_parts", "method": "net_cost", "threshold": 0.75, "hts": ["8407"]}
    found = run(stages, {"8703": ("car", [[core]])}, [30, 40, 50], net=0.8)
    assert found.measured[0].value[0] == pytest.approx(0.5)
    assert not found.measured[0].held[0]


def test_the_longest_prefix_gives_the_rule():
    mine = area({"": ("any", []), "87": ("chapter", []), "8703": ("heading", [])})
    assert [mine.rule(code)[0] for code in ("870323", "870840", "9401")] == [
        "heading",
        "chapter",
        "any",
    ]
    assert area({"87": ("chapter", [])}).rule("9401") is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=10),
    st.floats(0.01, 0.99),
)
def test_the_cheapest_change_is_that_of_brute_force(parts, share):
    gain, cost = (np.array(column) for column in zip(*parts, strict=True))
    assume(gain.sum() > 1e-6)
    needed = share * gain.sum()
    chosen = cheapest_change(gain, cost, needed)
    assert gain[chosen].sum() >= needed * (1 - 1e-9)
    best = min(
        cost[list(some)].sum()
        for size in range(len(gain) + 1)
        for some in combinations(range(len(gain)), size)
        if gain[list(some)].sum() >= needed
    )
    assert cost[chosen].sum() <= best + 1e-9 * max(1.0, best)


def test_twenty_parts_agree_with_all_subsets():
    random = np.random.default_rng(4)
    for _ in range(5):
        gain, cost = random.random(20) * 100, random.random(20) * 10
        needed = 0.4 * gain.sum()
        bits = (np.arange(1 << 20)[:, None] >> np.arange(20)) & 1
        totals = bits @ cost
        best = totals[bits @ gain >= needed].min()
        assert cost[cheapest_change(gain, cost, needed)].sum() == pytest.approx(best)


def test_long_lists_are_solved_to_the_last_cent():
    """Whole gains, so that the least cost of each sum is a table (dynamic programming)."""
    random = np.random.default_rng(6)
    for _ in range(4):
        gain = random.integers(20, 100, 40)
        cost = gain + random.integers(5, 15, 40)
        needed = int(0.45 * gain.sum())
        least = np.full(int(gain.sum()) + 1, np.inf)
        least[0] = 0.0
        for more, price in zip(gain, cost, strict=True):
            least[more:] = np.minimum(least[more:], least[:-more] + price)
        chosen = cheapest_change(gain.astype(float), cost.astype(float), float(needed))
        assert cost[chosen].sum() == least[needed:].min()


def test_a_long_list_is_solved_too():
    random = np.random.default_rng(5)
    gain, cost = random.random(60) * 100, random.random(60) * 10
    chosen = cheapest_change(gain, cost, 0.3 * gain.sum())
    assert gain[chosen].sum() >= 0.3 * gain.sum() * (1 - 1e-9)
    # No cheaper than the relaxed problem, and within one part of it.
    order = np.argsort(cost / gain)
    filled = np.cumsum(gain[order]) < 0.3 * gain.sum()
    assert cost[order][filled].sum() <= cost[chosen].sum() <= cost[order][filled].sum() + 10


def test_nothing_needed_and_nothing_enough():
    assert len(cheapest_change(np.array([1.0]), np.array([1.0]), 0.0)) == 0
    with pytest.raises(DataError, match="move 3.00 of 4.00 USD"):
        cheapest_change(np.array([1.0, 2.0]), np.ones(2), 4.0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(1, 100), min_size=4, max_size=4), st.floats(0.1, 50))
def test_more_regional_value_never_lowers_the_content(own, more):
    stages = chain(
        ["854231", "840734", "721049", "870323"],
        ["KOR", "USA", "MEX", "MEX"],
        [(0, 3, 1.0), (1, 3, 1.0), (2, 3, 1.0)],
    )
    rules = {"": ("any", [[VALUE]])}
    before = run(stages, rules, own)
    after = run(stages, rules, [own[0], own[1] + more, own[2], own[3]])
    share = [found.foreign[0, 3] / found.value[0, 3] for found in (before, after)]
    assert share[1] <= share[0] + 1e-12
    scaled = run(stages, rules, np.array(own) * 7)
    assert scaled.foreign[0, 3] / scaled.value[0, 3] == pytest.approx(share[0])
