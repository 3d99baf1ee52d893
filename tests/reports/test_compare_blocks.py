"""Tables of a report about scenarios side by side: which rows, in which order, in which forms."""

import pandas as pd
import pytest

from exposure.reports.compare_blocks import GAPS, SHOWN, countries, differences, revenue, rivals
from exposure.reports.description import Value, plain
from exposure.reports.page import Page
from exposure.reports.words import words

NAN = float("nan")
METRIC = ["low", "median", "high"]


def page(**tables):
    made = {
        "scenarios": pd.DataFrame({"scenario": ["a", "b"], "title": ["As it is", "Relief"]}),
        "products": pd.DataFrame({"product": ["car", "van"], "title": ["The car", "The van"]}),
        **tables,
    }
    return Page(made, words())


def cells(table):
    """Cells of a table as they read, with spaces that may break."""
    return [[plain(cell).replace("\u00a0", " ") for cell in row] for row in table.rows]


def is_of_cells(table):
    """Whether every number stands on a cell: a label of a table of numbers has no digit."""
    return all(
        isinstance(piece, Value) or not any(letter.isdigit() for letter in piece)
        for row in table.rows for cell in row for piece in cell
    )  # fmt: skip


# --- revenue ---------------------------------------------------------------------------------

REVENUE = ["scenario", "importer", "product", "baseline_usd", "scenario_usd", "change_usd"]


def collected(*rows):
    return revenue(page(revenue=pd.DataFrame(list(rows), columns=REVENUE)))


def test_revenue_stands_row_by_row_where_it_moves():
    table = collected(
        ("b", "USA", "car", 1e6, 3e6, 2e6), ("b", "USA", "van", 5e5, 5e5, 0.0),
        ("a", "MEX", "van", 2e3, 1e3, -1e3),
    )  # fmt: skip
    assert cells(table) == [
        ["Relief", "United States", "The car", "USD 1.0 m", "USD 3.0 m", "USD 2.0 m"],
        ["As it is", "Mexico", "The van", "USD 2,000", "USD 1,000", "USD -1,000"],
    ]
    assert is_of_cells(table)
    assert table.numeric == {3, 4, 5}
    assert len(table.columns) == 6


def test_revenue_that_is_not_known_has_its_row():
    assert cells(collected(("b", "USA", "car", 1e6, NAN, NAN))) == [
        ["Relief", "United States", "The car", "USD 1.0 m", "not known", "not known"]
    ]


# --- differences -----------------------------------------------------------------------------


def differ(level, name, metric, median=0.5):
    product, firm = (name, "") if level == "product" else ("", name)
    return ("b", "a", level, product, firm, metric, median - 0.25, median, median + 0.25)


def test_a_difference_has_a_row_for_each_product_and_firm():
    columns = ["scenario", "against", "level", "product", "firm", "metric", *METRIC]
    rows = [
        differ("product", "van", "cost_change_share"), differ("firm", "Maker", SHOWN[0], 2e6),
        differ("product", "van", SHOWN[0], 2e6), differ("product", "car", "not_shown"),
    ]  # fmt: skip
    table = differences(page(differences=pd.DataFrame(rows, columns=columns)), "b")
    van, maker = cells(table)
    assert van[0] == "The van"
    assert van[1 + SHOWN.index("cost_change_share")] == "50.0 % (25.0 % to 75.0 %)"
    assert van[1] == "USD 2.0 m"
    assert "Maker" in maker[0]
    assert maker[2:] == [""] * (len(SHOWN) - 1), "what was not made is an empty cell"
    assert "Relief" in plain(table.title) and "As it is" in plain(table.title)
    assert is_of_cells(table)


# --- rivals ----------------------------------------------------------------------------------


def gaps(rival, size):
    """Four gaps of a pair; those in per cent are told in points."""
    return [
        ("b", "car", rival, metric, value - 0.01, value, value + 0.01, value)
        for metric, value in zip(GAPS, (size, 0.02, 100.0, -0.01), strict=True)
    ]


def test_pairs_of_rivals_stand_by_their_gap_in_points():
    columns = ["scenario", "product", "rival", "metric", *METRIC, "central"]
    table = rivals(
        page(rivals=pd.DataFrame([*gaps("van", 0.05), *gaps("car", -0.2)], columns=columns))
    )
    wide, narrow = cells(table)
    assert wide[:4] == ["Relief", "The car", "The car", "-20.0 pp (-21.0 pp to -19.0 pp)"]
    assert narrow[2:4] == ["The van", "5.0 pp (4.0 pp to 6.0 pp)"]
    assert narrow[5] == "USD 100.00 (USD 99.99 to USD 100.01)"
    assert is_of_cells(table)


@pytest.mark.parametrize(("count", "shown"), [(15, 15), (16, 15)])
def test_fifteen_pairs_are_told_at_most(count, shown):
    columns = ["scenario", "product", "rival", "metric", *METRIC, "central"]
    products = pd.DataFrame({"product": ["car", *map(str, range(count))]}).assign(title="T")
    rows = [row for n in range(count) for row in gaps(str(n), (n + 1) / 100)]
    told = rivals(page(rivals=pd.DataFrame(rows, columns=columns), products=products))
    assert len(told.rows) == shown
    # The widest first: of sixteen the narrowest is left out.
    assert cells(told)[0][3].startswith(f"{count}.0 pp")


# --- countries -------------------------------------------------------------------------------


def test_countries_stand_scenario_beside_scenario():
    rows = [("a", "KOR", "jobs_exposed", 90.0, 100.0, 110.0), ("b", "KOR", "jobs_exposed", 5.0, 5.0, 5.0),
            ("b", "MEX", "jobs_predicted", NAN, NAN, NAN), ("a", "KOR", "not_told", 1.0, 1.0, 1.0)]  # fmt: skip
    columns = ["scenario", "country", "metric", *METRIC]
    table = countries(page(country_results=pd.DataFrame(rows, columns=columns)))
    korea, mexico = cells(table)
    assert (korea[0], korea[2:]) == ("Korea", ["100 (90 to 110)", "5"])
    # Of a scenario that was not asked there is an empty cell; what is not known is told.
    assert (mexico[0], mexico[2:]) == ("Mexico", ["", "not known"])
    assert [plain(head) for head in table.columns[2:]] == ["As it is", "Relief"]
    assert table.numeric == {2, 3}
