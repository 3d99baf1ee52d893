"""The page of questions: every standing question has its scenario, and the page is that of today."""

import re
from pathlib import Path

import pytest

import exposure as ex
from exposure.reports.questions_page import documents, page

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"


@pytest.fixture(scope="module")
def world():
    return ex.load()


def test_each_of_the_questions_on_routes_is_answered(world):
    answered = {name for item in documents(world) for name in item.answers}
    assert {f"q{number}" for number in range(1, 27)} <= answered
    assert all(item.question and item.note for item in documents(world))


def test_the_page_is_that_of_today(world):
    """Texts of all; the numbers of one scenario, as a run takes a second."""
    made = page(world, only="k4-filled-by-cost")
    written = PAGE.read_text(encoding="utf-8")

    answers = r"\| product.*?\n\n(?:- [^\n]*\n)+"

    def without_answers(text):
        return re.sub(rf"\n{answers}", "", text, flags=re.DOTALL)

    assert without_answers(made) == without_answers(written)
    (rows,) = re.findall(answers, made, flags=re.DOTALL)
    assert "driven by" in rows
    assert rows in written
