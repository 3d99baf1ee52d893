"""A list of parts by hand: prices become shares of own value, places splits, silence assumptions."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import DataError, ExposureError
from exposure.facts.parts_list import Head, _shares, document, read_parts, write_from_parts

TODAY = dt.date(2026, 11, 28)
INDUSTRIES = pd.DataFrame(
    {"prefix": ["", "87", "8708", "9401"], "industry": ["machinery", "vehicles", "parts", "seats"]}
)
DEFAULTS = {
    "parts_freight_share": {"low": 0.01, "central": 0.02, "high": 0.04, "note": "by sea"},
    "freight_share": {"low": 0.01, "central": 0.03, "high": 0.08, "note": "mixed"},
    "width": {"low": 0.8, "central": 1.0, "high": 1.25, "note": "range"},
}


@pytest.fixture
def read(tmp_path):
    def made(*rows, head="part,hts,country,into,price_usd", price=None):
        path = tmp_path / "list.csv"
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        asked = Head("own", "Own", "Firm", "USA", "cars", "car", 500.0, price)
        return document(asked, read_parts(path), INDUSTRIES, DEFAULTS, path, TODAY)

    return made


def refusal(read, *rows, **more):
    with pytest.raises(ExposureError) as caught:
        read(*rows, **more)
    return [line.split("list.csv: ")[1] for line in str(caught.value).split("\n")]


def shares(made):
    return {part["id"]: part["share"]["central"] for part in made["parts"]}


# --- prices ----------------------------------------------------------------------------------

CAR = ("car,8703.23.01,MEX,,100", "body,8708.29.51,KOR,car,40", "door,8708.29.51,KOR,body,10")


def test_the_price_of_a_part_less_what_goes_into_it_is_its_own(read):
    made = read(*CAR)
    # The car costs 100, of which the body is 40; the body 40, of which the door is 10.
    assert shares(made) == {"car": 0.6, "body": 0.3, "door": 0.1}
    assert made["customs_value_usd"]["central"] == 100.0
    assert made["customs_value_usd"]["low"] == 80.0 and made["customs_value_usd"]["high"] == 125.0


def test_a_quantity_counts_for_what_a_part_costs(read):
    head = "part,hts,country,into,price_usd,quantity"
    made = read("car,8703.23.01,MEX,,100,", "wheel,8708.70.45,KOR,car,5,4", head=head)
    assert shares(made) == {"car": 0.8, "wheel": 0.2}  # 4 x 5 of 100


def test_a_part_of_no_price_has_a_share_of_nought(read):
    assert shares(read(CAR[0], "manual,4901.99.00,KOR,car,0"))["manual"] == 0.0


def test_a_list_that_adds_nothing_at_the_end_leaves_the_last_stage_nothing(read):
    assert shares(read(CAR[0], "body,8708.29.51,KOR,car,100")) == {"car": 0.0, "body": 1.0}


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6), st.integers(1, 1000))
def test_shares_add_up_to_one_and_do_not_hang_on_the_currency(own, last):
    # A chain: what a stage costs is all that was added before it.
    cost = np.cumsum([*own, last])[::-1].astype(float)
    names = [f"p{n}" for n in range(len(cost))]
    rows = {"into": ["", *names[:-1]], "quantity": 1.0, "share": np.nan}
    head = Head("own", "Own", "Firm", "USA", "cars", "car", 1.0, None)
    found = [
        _shares(head, pd.DataFrame({**rows, "price_usd": cost * scale}, names), names, Path("l"))
        for scale in (1, 8)
    ]
    assert [price for price, _ in found] == [cost[0], 8 * cost[0]]
    assert found[0][1] == found[1][1]
    assert sum(found[0][1].values()) == pytest.approx(1)
    assert found[0][1]["p0"] == pytest.approx(last / cost[0])


# --- places ----------------------------------------------------------------------------------


def test_a_part_of_several_rows_is_made_in_several_places(read):
    head = "part,hts,country,into,price_usd,split,site,maker,lat"
    made = read(
        "car,8703.23.01,mex,,100,,,KOR,", "body,8708.29.51,KOR,car,40,0.75,,,37",
        "body,8708.29.51,VNM,car,,0.25,hanoi,kor,", head=head,
    )  # fmt: skip
    assert made["parts"][1]["making"]["made_at"] == [
        {"site": "plant-kor", "split": 0.75}, {"site": "hanoi", "split": 0.25},
    ]  # fmt: skip
    sites = {site["id"]: site for site in made["sites"]}
    assert list(sites) == ["plant-mex", "plant-kor", "hanoi"]
    assert sites["plant-mex"] == {"id": "plant-mex", "title": "Plant in MEX", "country": "MEX",
                                  "maker": "KOR"}  # fmt: skip
    assert sites["plant-kor"]["lat"] == 37.0 and sites["plant-kor"]["maker"] == "KOR"
    assert "lat" not in sites["hanoi"] and sites["hanoi"]["maker"] == "KOR"
    # The final assembly is where its route ends, and has no making of its own.
    assert made["routes"][0]["assembly"] == "plant-mex"
    assert "making" not in made["parts"][0]


def test_one_place_makes_all_whatever_split_is_written(read):
    made = read(CAR[0] + ",", CAR[1] + ",0.3", head="part,hts,country,into,price_usd,split")
    assert made["parts"][1]["making"]["made_at"] == [{"site": "plant-kor", "split": 1.0}]


# --- silence ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hts", "industry"),
    [("8708.29.51", "parts"), ("8703.23.01", "vehicles"), ("9401.99.21", "seats"),
     ("9402.10.00", "machinery"), ("87", "vehicles")],
)  # fmt: skip
def test_the_longest_prefix_says_the_industry(read, hts, industry):
    (part,) = read(f"car,{hts},MEX,,100")["parts"]
    assert part["industry"] == industry
    head = "part,hts,country,into,price_usd,industry"
    assert read(f"car,{hts},MEX,,100,own", head=head)["parts"][0]["industry"] == "own"


def test_what_a_list_does_not_say_is_assumed_and_graded_so(read):
    made = read(*CAR)
    assert made["parts_freight_share"] == {
        "low": 0.01, "central": 0.02, "high": 0.04, "grade": "D", "source": "own", "note": "by sea",
    }  # fmt: skip
    (route,) = made["routes"]
    assert (route["volume"]["low"], route["volume"]["high"]) == (400.0, 625.0)
    assert route["cost_index"]["low"] == route["cost_index"]["high"] == 1.0
    assert route["freight_share"]["note"] == "mixed"
    assert (made["year"], made["sources"][0]["date"]) == (2026, "2026-11-28")
    # Metal that is not stated is not there as nought; metal of nought is.
    head = "part,hts,country,into,price_usd,steel,copper"
    (part,) = read("car,8703.23.01,MEX,,100,0,", head=head)["parts"]
    assert part["materials"] == {"steel": 0.0}


# --- shares ----------------------------------------------------------------------------------

SHARES = "part,hts,country,into,share"


def test_shares_are_taken_as_they_stand(read):
    rows = ("car,8703.23.01,MEX,,0.7", "body,8708.29.51,KOR,car,0.3")
    made = read(*rows, head=SHARES, price=80.0)
    assert shares(made) == {"car": 0.7, "body": 0.3}
    assert made["customs_value_usd"]["central"] == 80.0
    assert refusal(read, *rows, head=SHARES) == ["shares without a price (give --price)"]
    assert refusal(read, *rows, head=SHARES, price=0.0) == [
        "a price of 0 has no shares (give another --price)"
    ]
    assert refusal(read, rows[0], "body,8708.29.51,KOR,car,0.2", head=SHARES, price=80.0) == [
        "shares add up to 0.900000 (they must add up to 1)"
    ]


# --- refusals --------------------------------------------------------------------------------

SPLIT = "part,hts,country,into,price_usd,split"
ROWS = "(empty, or the same in every row of a part)"


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        (["car,8703,MEX,,0"], {}, "the price of the product is 0 (price_usd above 0)"),
        ([*CAR[:2], "car,8703.23.01,KOR,,100"], {},
         "the final assembly car has several rows (one; another place is a route of the product "
         "file)"),
        ([CAR[0], "body,8708,KOR,car,40,0.5", "body,8708,VNM,car,45,0.5"], {"head": SPLIT},
         f"row 4: price_usd is 45.0, in the first row of the part 40.0 {ROWS}"),
        ([CAR[0], "body,8708,KOR,car,40,0.5", "body,8709,VNM,car,40,0.5"], {"head": SPLIT},
         f"row 4: hts is '8709', in the first row of the part '8708' {ROWS}"),
        ([CAR[0], ",8708,KOR,car,40"], {}, "row 3: part is empty (a short name)"),
        (["car,8703,MEX,body,100", "body,8708,KOR,car,40"], {},
         "0 parts have no `into`: none (exactly one, the final assembly)"),
        ([CAR[0], "body,8708,KOR,car,"], {}, "row 3: price_usd is nan (a number of 0 or more)"),
        (["car,8703,MEX,"], {"head": "part,hts,country,into"},
         "neither price_usd nor share is given (one of the two in every row)"),
    ],
)  # fmt: skip
def test_each_mistake_of_a_list_has_its_line(read, rows, more, says):
    assert says in refusal(read, *rows, **more)


def test_a_row_may_leave_out_what_the_first_one_of_its_part_says(read):
    head = "part,hts,country,into,price_usd,quantity,split"
    made = read(CAR[0] + ",,", "wheel,8708.70,KOR,car,5,4,0.5", "wheel,,VNM,,,,0.5", head=head)
    assert shares(made)["wheel"] == 0.2
    assert len(made["parts"]) == 2


def test_columns_are_told_apart_whatever_their_letters(read):
    made = read("car,8703.23.01,MEX,,100", head=" Part ,HTS,Country,into,Price_USD")
    assert shares(made) == {"car": 1.0}
    assert refusal(read, "a,b,8703,MEX,1", head="Part,part ,hts,country,price_usd") == [
        "column part stands twice (each once)"
    ]
    assert refusal(read, head="part,hts,country") == ["no rows"]
    assert refusal(read, ",,,,", " ,,,,") == ["no rows"]


# --- the file --------------------------------------------------------------------------------


def test_a_list_whose_parts_run_in_a_circle_makes_no_file(tmp_path):
    economy = tmp_path / "economy"
    economy.mkdir()
    INDUSTRIES.assign(note="").to_csv(economy / "industries.csv", index=False)
    rows = [{"figure": name, **row} for name, row in DEFAULTS.items()]
    pd.DataFrame(rows).to_csv(economy / "list_defaults.csv", index=False)
    path, out = tmp_path / "list.csv", tmp_path / "own.yaml"
    head = Head("own", "Own", "Firm", "USA", "cars", "car", 500.0, None)
    text = "part,hts,country,into,price_usd\ncar,8703.23.01,MEX,,10\n"
    path.write_text(f"{text}a,8708.29.51,KOR,b,5\nb,8708.29.51,KOR,a,5\n")
    with pytest.raises(ExposureError, match="circle: a -> b -> a"):
        write_from_parts(head, path, economy, out, TODAY)
    assert not out.exists()
    path.write_text(text)
    product = write_from_parts(head, path, economy, out, TODAY)
    written = out.read_text(encoding="utf-8")
    assert written.startswith("# Made from list.csv by `exposure new product`;")
    assert yaml.safe_load(written)["id"] == product.id == "own"
    with pytest.raises(DataError) as caught:
        write_from_parts(head, path, economy, out, TODAY)
    assert str(caught.value) == f"{out}: the file stands already (choose another name by -o)"
