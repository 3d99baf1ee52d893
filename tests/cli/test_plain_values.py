"""Values between a shell and the program: what JSON can hold, NAME=VALUE, what is printed when."""

import datetime as dt
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exposure.cli.common import Say, pair, plain
from exposure.cli.compare import WAYS
from exposure.cli.model import LONGEST, folder_name
from exposure.errors import QueryError

# --- what JSON can hold ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (0.0, 0.0),  # a nought is known
        (float("nan"), None),
        (math.inf, None),
        (-math.inf, None),
        (np.float64(0.25), 0.25),
        (np.float32("nan"), None),
        (np.int64(7), 7),
        (np.bool_(False), False),
        (pd.NA, None),
        (pd.NaT, None),
        ("NaN", "NaN"),
        (Path("reports") / "a", "reports/a"),
        (dt.date(2025, 2, 4), "2025-02-04"),
        (dt.datetime(2025, 2, 4, 23, 59), "2025-02-04"),
        (pd.Timestamp("2025-02-04T12:00"), "2025-02-04"),
        ((1, float("nan")), [1, None]),
        (np.array([[1.0, np.inf]]), [[1.0, None]]),
        ({1: (Path("a"),)}, {"1": ["a"]}),
        (pd.DataFrame(), []),
        (pd.DataFrame({"a": [1, 2], "b": ["x", None]}), [{"a": 1, "b": "x"}, {"a": 2, "b": None}]),
    ],
)
def test_a_value_is_what_json_holds(value, held):
    found = plain(value)
    assert found == held
    assert type(found) is type(held)
    assert json.loads(json.dumps(found, allow_nan=False)) == held


def test_what_is_plain_stays_so():
    held = {"a": [{"b": None, "c": 0.1 + 0.2}], "d": "한국"}
    assert plain(held) == held == plain(plain(held))


# --- NAME=VALUE ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("steel=0.3", "steel", 0.3),
        ("steel=0", "steel", 0.0),
        ("steel=1e-3", "steel", 0.001),
        ("approved=true", "approved", True),
        ("approved=false", "approved", False),
        ("approved=True", "approved", "True"),  # the law's words are small
        ("claim=usmca", "claim", "usmca"),
        ("note=a=b", "note", "a=b"),
    ],
)
def test_a_fact_is_a_number_a_truth_value_or_a_word(text, name, value):
    found = pair(text)
    assert found == (name, value)
    assert type(found[1]) is type(value)


@pytest.mark.parametrize("text", ["", "steel", "=", "=0.3", "steel="])
def test_a_fact_without_its_name_or_value_is_none(text):
    with pytest.raises(QueryError) as caught:
        pair(text)
    assert str(caught.value) == f"{text!r} (form: NAME=VALUE)"


# --- what is printed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_json", "quiet", "printed"),
    [
        (False, False, "a line\n"),
        (True, False, '{\n "usd": null,\n "who": "한국"\n}\n'),
        (False, True, ""),
        (True, True, ""),
    ],
)
def test_a_command_says_text_or_one_document_or_nothing(capsys, as_json, quiet, printed):
    say = Say(as_json=as_json, quiet=quiet)
    say.json({"usd": float("nan"), "who": "한국"})
    say.text("a line")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (printed, "")


def test_an_empty_line_is_a_line_and_a_colour_no_letters_in_a_file(capsys):
    say = Say(as_json=False, quiet=False)
    say.text()
    say.text("met", "green")
    assert capsys.readouterr().out == "\nmet\n"


@pytest.mark.parametrize(
    ("quiet", "terminal", "shown"),
    [(False, True, True), (True, True, False), (False, False, False), (True, False, False)],
)
def test_only_a_person_at_a_terminal_sees_progress(monkeypatch, quiet, terminal, shown):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert Say(as_json=False, quiet=quiet).progress is shown


# --- folders of reports ----------------------------------------------------------------------


def test_a_folder_is_named_by_its_scenarios():
    assert folder_name(["law-today"]) == "law-today"
    assert folder_name(["a", "b"]) == "a+b"


def test_a_name_of_many_scenarios_is_counted_before_it_is_too_long():
    fits = ["x" * 59, "y" * (LONGEST - 60)]
    assert folder_name(fits) == "+".join(fits) and len(folder_name(fits)) == LONGEST
    assert folder_name([*fits, "z"]) == f"{fits[0]}+2-more"
    one = "x" * (LONGEST + 1)
    assert folder_name([one, "y"]) == f"{one}+1-more"


def test_ways_of_a_comparison_are_those_of_the_model():
    from exposure.model.attribution import GAMES

    assert list(WAYS) == list(GAMES)
