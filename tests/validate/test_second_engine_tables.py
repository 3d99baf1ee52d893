"""Tables of the comparison with a second engine: shares, weights, spans and the page, by hand."""

import numpy as np
import pandas as pd
import pytest

from exposure.errors import DataError
from exposure.validate.bench import (
    VERDICTS,
    Cluster,
    Comparison,
    Ledger,
    _covered,
    _cross_table,
    _number,
    page,
    read_ledger,
)

NAN = np.nan
WORDS = {"reason": "a reason of some length", "source": "note", "components": "s232"}


def cluster(name, verdict="theirs", **more):
    return Cluster.model_validate(WORDS | {"id": name, "verdict": verdict} | more)


LEDGER = Ledger(title="Two engines", mended=["One of ours"], clusters=[
    cluster("first", components=["s232", "s122"], facts={"melt": 1.0}),
    cluster("second", "unknown"),
    cluster("never", "doubt"),
])  # fmt: skip


def rows(*given):
    """hts10, iso3, date, ours, theirs, equal, cluster."""
    names = ["hts10", "iso3", "date", "ours_total", "theirs_total", "equal", "cluster"]
    return pd.DataFrame(given, columns=names)


MADE = Comparison(
    rows(
        ("8703230110", "DEU", "2025-06-01", 0.25, 0.25, True, ""),
        ("8703230190", "DEU", "2025-06-01", 0.25, 0.15, False, "first"),
        ("8703230190", "DEU", "2025-07-01", 0.25, 0.15, False, ""),
        ("7208390000", "DEU", "2025-07-01", NAN, 0.50, False, "second"),
        ("8703230110", "VNM", "2025-06-01", 0.10, 0.30, False, "first"),
    ),
    LEDGER,
)
IMPORTS = pd.DataFrame(
    [("87032301", "DEU", 80.0), ("72083900", "DEU", 900.0), ("87032301", "VNM", 20.0),
     ("87032301", "KOR", 7.0)],
    columns=["hts", "iso3", "usd"],
)  # fmt: skip


def test_shares_by_country_and_day():
    """Germany in June: one of two rows equal, the other explained; in July one of two is open."""
    table = MADE.shares().set_index(["iso3", "date"])
    june, july = table.loc[("DEU", "2025-06-01")], table.loc[("DEU", "2025-07-01")]
    assert june[["rows", "equal", "theirs", "explained"]].tolist() == [2, 0.5, 0.5, 1.0]
    assert july[["equal", "unknown", "explained"]].tolist() == [0.0, 0.5, 0.5]
    assert set(VERDICTS) <= set(table.columns)


def test_shares_of_a_cell_add_up():
    table = MADE.shares()
    whole = table[["equal", *VERDICTS]].sum(axis=1)
    np.testing.assert_allclose(whole, table["explained"])
    assert MADE.shares(by=["iso3"])["rows"].sum() == len(MADE.rows)


def test_clusters_are_counted_in_the_order_of_the_ledger_and_none_is_left_out():
    table = MADE.clusters()
    assert table.to_dict("records") == [
        {"cluster": "first", "verdict": "theirs", "rows": 2},
        {"cluster": "second", "verdict": "unknown", "rows": 1},
        {"cluster": "never", "verdict": "doubt", "rows": 0},
    ]


def test_open_rows_are_neither_equal_nor_explained():
    assert MADE.open_rows.index.tolist() == [2]


def test_weights_of_a_line_are_shared_by_its_rows_of_a_day():
    """In June 80 of Germany are 40 a row: 0 and 0.1 are 0.05 on average; in July the one row has
    all 80. Steel has no answer of ours and no weight."""
    table = MADE.weighted(IMPORTS).set_index(["iso3", "date"])
    assert table.loc[("DEU", "2025-06-01")].tolist() == pytest.approx([0.05, 0.05, 80.0])
    assert table.loc[("DEU", "2025-07-01")].tolist() == pytest.approx([0.10, 0.10, 80.0])
    assert table.loc[("VNM", "2025-06-01")].tolist() == pytest.approx([-0.2, 0.2, 20.0])


def test_a_mean_of_what_nobody_imports_is_not_known():
    table = MADE.weighted(IMPORTS.iloc[:0])
    assert table["difference"].isna().all()
    assert (table["imports_usd"] == 0.0).all()


def test_weights_do_not_hang_on_their_unit():
    half = MADE.weighted(IMPORTS.assign(usd=IMPORTS["usd"] / 2))
    np.testing.assert_allclose(half["difference"], MADE.weighted(IMPORTS)["difference"])


def test_where_a_cluster_lies():
    table = MADE.spans().set_index("cluster")
    assert table.loc["first"].tolist() == ["s232, s122", "DEU, VNM", "2025-06-01", "2025-06-01"]
    assert table.loc["never"].tolist() == ["s232", "", "", ""]


def test_what_the_sample_covers():
    """Of imports of Germany and Viet Nam, 1,000: all of its three lines; without steel 100."""
    assert _covered(MADE, IMPORTS) == 1.0
    cars = Comparison(MADE.rows[MADE.rows["hts10"] != "7208390000"], LEDGER)
    assert _covered(cars, IMPORTS) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.5, 1, "50.0"), (-0.00001, 2, "0.00"), (-0.0, 1, "0.0"), (0.123456, 2, "12.35"),
     (-0.05, 1, "-5.0")],
)  # fmt: skip
def test_fractions_are_shown_in_per_cent_and_nought_has_no_sign(value, digits, text):
    assert _number(value, digits) == text


def test_a_table_of_days_and_countries():
    lines = _cross_table(MADE.shares().query("date == '2025-06-01'"), "equal")
    assert lines == ["| day | DEU | VNM |", "|---|---:|---:|", "| 2025-06-01 | 50.0 | 0.0 |"]


def test_the_page_says_what_is_equal_explained_and_open():
    text = page(MADE, IMPORTS, ["More of it."])
    assert "**1 of 5 rows, 20.00%**. Explained below: 3. Open: 1." in text
    assert "| The other engine errs | 2 | 40.00% |" in text
    assert "| The law is open; both readings stand | 0 | 0.00% |" in text
    assert "The other engine errs. 2 rows. Components: s232, s122. Countries: DEU, VNM. " in text
    assert "a reason of some length Fact told: `melt` = 1.0.\n" in text
    assert "* One of ours\n\nMore of it.\n## Clusters" in text
    assert "its lines hold 100% of these imports" in text
    assert text.endswith("Source: note.\n")
    assert text.index("### first") < text.index("### second") < text.index("### never")


@pytest.mark.parametrize(
    ("field", "alone", "listed"),
    [("components", "s232", ["s232"]), ("origins", "DEU", ["DEU"]), ("clauses", "a/b", ["a/b"])],
)
def test_one_name_may_stand_without_a_list(field, alone, listed):
    assert getattr(cluster("a", **{field: alone}), field) == listed
    assert getattr(cluster("a", **{field: listed}), field) == listed


def test_a_cluster_speaks_of_a_component_at_least():
    with pytest.raises(ValueError, match="components"):
        cluster("a", components=[])


def ledger_file(tmp_path, *names):
    path = tmp_path / "ledger.yaml"
    form = "verdict: theirs, components: s122, reason: a reason of some length, source: note"
    path.write_text("title: t\nclusters:\n" + "".join(f"  - {{id: {n}, {form}}}\n" for n in names))
    return path


def test_the_first_name_that_stands_twice_is_told(tmp_path):
    path = ledger_file(tmp_path, "b", "a", "b", "a")
    with pytest.raises(DataError) as caught:
        read_ledger(path)
    assert str(caught.value) == f"{path}: cluster 'a' stands twice"
    assert [one.id for one in read_ledger(ledger_file(tmp_path, "b", "a")).clusters] == ["b", "a"]
