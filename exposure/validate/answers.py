"""Answers to the open bench, ours or another engine's, scored to the cent.

Everything here works on ``cases.csv``, the plain form of the bench; see ``bench/README.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from exposure.axes import COMPONENTS
from exposure.errors import DataError, ExposureError, Problems
from exposure.facts.files import read_csv
from exposure.law.book import LawBook
from exposure.law.question import Crossings
from exposure.law.rates import rates
from exposure.validate.bench import unknown_components
from exposure.validate.cases import COLUMNS, LINES, TOTAL, cents

UNKNOWN = "unknown"
ANSWER = ("case_id", "component", "amount_usd")
OUTCOMES = ("right", "wrong", "abstained", "guessed", "missing")
"""Equal to the cent, or both not known; another amount; not known where the law decides; an amount
where the stated facts do not decide; no answer."""
MOST_PLACES = 20
"""Places before the point, or noughts behind it, beyond which an answer is no amount of money."""


def find_bench(folder: Path | None = None) -> Path:
    """Folder that holds ``cases.csv``: the one named, the checkout's, or the package's own.

    Raises
    ------
    DataError
        If none does.
    """
    package = Path(__file__).resolve().parent.parent
    places = [folder] if folder else [package.parent / "bench", package / "_data" / "bench"]
    for place in places:
        if (place / "cases.csv").is_file():
            return place
    raise DataError("no cases.csv", ", ".join(map(str, places)), "name the folder of the bench")


def read_bench(folder: Path) -> pd.DataFrame:
    """Rows of ``cases.csv``, as text."""
    return read_csv(folder / "cases.csv", COLUMNS)


def our_answers(book: LawBook, bench: pd.DataFrame) -> pd.DataFrame:
    """Our engine's answers to a bench: columns ``ANSWER``, a row for each case and line.

    Raises
    ------
    Problems
        If a case names what does not exist.
    """
    asked = bench.drop_duplicates("case_id")
    value = [Fraction(text) for text in asked["value_usd"]]
    made = rates(
        book,
        Crossings(
            hts=list(asked["hts"]),
            origin=list(asked["origin"]),
            importer=list(asked["importer"]),
            on=list(asked["on"]),
            known_on=list(asked["known_on"]),
            value_usd=asked["value_usd"].to_numpy(dtype=float),
            quantity=pd.to_numeric(asked["quantity"]).to_numpy(dtype=float),
            facts=[json.loads(text) for text in asked["facts"]],
        ),
    )
    unknown = unknown_components(made) | np.isnan(made.components) & (np.array(COMPONENTS) == "mfn")
    found = []
    for row, name in enumerate(asked["case_id"]):
        amounts = [_cents(value[row], rate) for rate in made.components[row].tolist()]
        for component, amount, open_ in zip(COMPONENTS, amounts, unknown[row], strict=True):
            found.append((name, component, UNKNOWN if open_ else str(amount)))
        known = not np.isnan(made.total[row])
        found.append((name, TOTAL, str(sum(amounts, Decimal("0.00"))) if known else UNKNOWN))
    return pd.DataFrame(found, columns=list(ANSWER))


def _cents(value_usd: Fraction, rate: float) -> Decimal:
    """Amount of a component; one about which no measure speaks is nought."""
    # Twelve places hold every rate of the law; beyond them lies the dust of binary fractions.
    return Decimal("0.00") if np.isnan(rate) else cents(value_usd * Fraction(f"{rate:.12f}"))


def read_answers(path: Path, bench: pd.DataFrame) -> pd.DataFrame:
    """Another engine's answers, checked.

    Raises
    ------
    DataError
        If the file or a column is missing, or no case is answered.
    Problems
        One line for each row that names no case or line of the bench, stands twice, or has no
        amount.
    """
    answers = read_csv(path, ANSWER)
    if answers.empty:
        raise DataError("no answers", str(path))
    cases = set(bench["case_id"])
    seen: set[tuple[str, str]] = set()
    problems: list[ExposureError] = []
    for row, answer in enumerate(answers.itertuples(index=False), start=2):
        name, component, amount = (str(cell) for cell in answer)
        said = ""
        if name not in cases:
            said = f"case {name!r} is not in the bench"
        elif component not in LINES:
            said = f"component {component!r} is none of {', '.join(LINES)}"
        elif (name, component) in seen:
            said = f"{name} {component} stands twice"
        elif amount not in ("", UNKNOWN) and _amount(amount) is None:
            said = f"amount {amount!r} is neither dollars nor {UNKNOWN}"
        seen.add((name, component))
        if said:
            problems.append(DataError(said, f"{path}:{row}"))
    if problems:
        raise Problems(problems)
    return answers


def _amount(text: str) -> Decimal | None:
    """Dollars to the cent, half up; None where the text is no amount of money."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # Of a number written with a power of ten in the millions, a fraction is never done.
    held = number.is_finite() and abs(number.adjusted()) <= MOST_PLACES
    return cents(Fraction(number)) if held else None


@dataclass(frozen=True)
class Score:
    """How an engine did.

    Attributes
    ----------
    lines
        The bench's rows with ``given`` (empty: no answer) and ``outcome``, one of ``OUTCOMES``.
    """

    lines: pd.DataFrame

    @property
    def failures(self) -> pd.DataFrame:
        """Lines that are not right."""
        return self.lines[self.lines["outcome"] != "right"]

    def by(self, column: str = "component") -> pd.DataFrame:
        """Counts of outcomes, ``lines`` and ``share`` right to the cent, in the bench's order."""
        table = pd.crosstab(self.lines[column], self.lines["outcome"])
        table = table.reindex(columns=list(OUTCOMES), fill_value=0)
        if column == "component":
            table = table.reindex([name for name in LINES if name in table.index])
        table.insert(0, "lines", table.sum(axis=1))
        table["share"] = table["right"] / table["lines"]
        return table.reset_index()


def score(bench: pd.DataFrame, answers: pd.DataFrame) -> Score:
    """Answers beside the bench, line by line.

    A case with lines but no total has the sum of its lines as total; a case with a total alone is
    asked for the total alone, its other lines are missing. A line that a case's answers leave out
    counts as nought.
    """
    given: dict[str, dict[str, Decimal | None]] = {}
    for name, component, amount in answers[list(ANSWER)].itertuples(index=False, name=None):
        given.setdefault(name, {})[component] = _amount(amount) if amount else None
    said, outcome = [], []
    for name, component, expected in bench[list(ANSWER)].itertuples(index=False, name=None):
        answered, amount = _given(given.get(name, {}), component)
        said.append("" if not answered else UNKNOWN if amount is None else f"{amount:.2f}")
        outcome.append(_outcome(answered, amount, _amount(expected) if expected else None))
    return Score(bench.assign(given=said, outcome=outcome))


def _given(case: dict[str, Decimal | None], component: str) -> tuple[bool, Decimal | None]:
    """Whether a line is answered, and the amount (None: not known)."""
    if component in case:
        return True, case[component]
    parts = [amount for name, amount in case.items() if name != TOTAL]
    if not parts:
        return False, None
    if component != TOTAL:
        return True, Decimal("0.00")
    known = [amount for amount in parts if amount is not None]
    return True, sum(known, Decimal("0.00")) if len(known) == len(parts) else None


def _outcome(answered: bool, given: Decimal | None, expected: Decimal | None) -> str:
    if not answered:
        return "missing"
    if given == expected:
        return "right"
    if given is None:
        return "abstained"
    return "guessed" if expected is None else "wrong"
