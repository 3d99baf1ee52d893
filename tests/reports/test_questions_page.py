"""The page of questions: each of the fifty has its command and answer, and the page is today's."""

import re
from pathlib import Path

import pytest

import exposure as ex
from exposure.facts.documents import Questions
from exposure.facts.strict_yaml import read_document
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
