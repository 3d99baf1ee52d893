"""The page of questions: each of the fifty has its command and answer, and the page is today's."""

import re
from pathlib import Path

import pytest

import exposure as ex
from exposure.facts.documents import Questions
from exposure.facts.read_deals import read_bargain
from exposure.facts.scenario import read_scenario, read_solve, read_sweep
from exposure.facts.strict_yaml import read_document
from exposure.reports.question_days import days_text, of_command, of_document
from exposure.reports.questions_page import documents, page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "questions.md"


@pytest.fixture(scope="module")
def world():
    return ex.load()


@pytest.fixture(scope="module")
def asked():
    return read_document(Questions, ROOT / "data" / "raw" / "questions.yaml").questions


def test_there_are_fifty_and_each_has_an_answer_or_says_why_not(world, asked):
    assert [q.id for q in asked] == [f"q{number}" for number in range(1, 51)]
    answered = {name for _, item in documents(world) for name in item.answers}
    assert answered <= {q.id for q in asked}
    for question in asked:
        told = bool(question.commands) or question.id in answered
        assert told != bool(question.cannot), question.id
    assert sum(bool(q.cannot) for q in asked) <= 3
    assert all(item.question and item.note for _, item in documents(world))


def test_the_page_is_that_of_today(world):
    """Texts of all; the numbers of one question, as all of them take minutes."""
    made = page(world, only="q27")
    written = PAGE.read_text(encoding="utf-8")
    tables = r"\| product \|.*?\n\n(?:- [^\n]*\n)+"
    prints = r"```text\n.*?```\n"

    def without_answers(text):
        return re.sub(rf"\n(?:{tables}|{prints})", "", text, flags=re.DOTALL)

    assert without_answers(made) == without_answers(written)
    (rows,) = re.findall(tables, made, flags=re.DOTALL)
    assert "driven by" in rows
    assert rows in written


def test_every_command_of_the_page_is_one(asked):
    from exposure.cli import main

    for question in asked:
        for command in question.commands:
            assert command.split()[0] in main.commands, command


def test_no_answer_failed():
    """A command that stopped would have left its message."""
    text = PAGE.read_text(encoding="utf-8")
    for word in ("Traceback", "Error:", "no such file", "' is not known", "no scenario"):
        assert word not in text


def test_every_answered_question_begins_with_the_day_of_its_law(asked):
    """Read off the page; `LawDate` of the scenarios is compared in the next test."""
    text = PAGE.read_text(encoding="utf-8")
    sections = re.split(r"\n### Q\d+\. ", text)[1:]
    for question, section in zip(asked, sections, strict=True):
        first = section.split("\n")[2]
        told = re.match(
            r"Law of (\d{4}-\d\d-\d\d|\d+ days, from)|No day of the law is asked\.", first
        )
        assert bool(told) != bool(question.cannot), first


def test_days_are_those_of_documents_and_commands(world):
    today = read_scenario(world, "law-today").law_on
    sweep = read_sweep(world, "korea-deal-timing")
    days = {
        "of a scenario with a day": of_document(world, read_scenario(world, "k-beauty-15")),
        "of one that changes its baseline's law": of_document(
            world, read_scenario(world, "k-beauty-15-today")
        ),
        "of a solve": of_document(world, read_solve(world, "k4-leaves-mexico")),
        "of two laws of a deal": of_document(world, read_bargain(world, "korea-350-today")),
        "of a command": of_command(world, "rate 85 --on 2025-04-09 --known 2025-04-08"),
        "of scenarios in a command": of_command(world, "run law-today --product kia-k4"),
    }
    told = {name: {str(day) for day in found} for name, found in days.items()}
    assert told == {
        "of a scenario with a day": {"2025-08-07"},
        "of one that changes its baseline's law": {str(today)},
        "of a solve": {str(today)},
        "of two laws of a deal": {str(today)},
        "of a command": {"2025-04-09 as known on 2025-04-08"},
        "of scenarios in a command": {str(today)},
    }
    assert len(list(of_document(world, sweep))) == len(sweep.dimensions[0].law_on) > 6
    week = of_command(world, "timing kia-cars/korea --from 2025-09-01 --until 2025-09-07")
    assert days_text(world, week) == "Law of 7 days, from 2025-09-01 to 2025-09-07."


def test_cosmetics_are_answered_on_the_law_of_today_as_well(world):
    today = read_scenario(world, "law-today").law_on
    of_q30 = [item for _, item in documents(world) if "q30" in item.answers]
    assert {str(day) for item in of_q30 for day in of_document(world, item)} == {
        "2025-08-07",
        str(today),
    }
