"""Crossings as asked: checked against what exists, then as numbers for the engine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from exposure.axes import TAKES, USA
from exposure.errors import ExposureError, Problems, QueryError
from exposure.law.attributes import Facts
from exposure.law.book import LawBook
from exposure.law.codes import dotted, pack
from exposure.law.select import Shipments
from exposure.law.timeline import HINDSIGHT, days
from exposure.near import matching, some

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SHORTEST = 6
"""Digits of the shortest code that can be rated."""
HEADING = 4
"""Digits of a heading."""
MOST_LINES = 6
MOST_COUNTRIES = 5
"""Lines of the schedule, and countries, that a message names."""
FIRST_DAY = "2018-01-01"
"""First day of the encoded law."""


@dataclass(frozen=True)
class Crossings:
    """What is asked, row by row.

    Attributes
    ----------
    hts
        Digits without dots.
    origin, importer
        ISO 3166-1 alpha-3.
    on, known_on
        ISO dates; an empty ``known_on`` is hindsight.
    value_usd, quantity
        NaN where not stated.
    facts
        Attributes of each shipment.
    file
        The CSV file whose rows they are; empty where they are of no file.
    """

    hts: Sequence[str]
    origin: Sequence[str]
    importer: Sequence[str]
    on: Sequence[str]
    known_on: Sequence[str]
    value_usd: Floats
    quantity: Floats
    facts: Sequence[Facts]
    file: str = ""

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.hts)


@dataclass(frozen=True)
class Asked:
    """Crossings as numbers, with the days on which they are asked."""

    ships: Shipments
    on: Ints
    known: Ints


def ask(book: LawBook, given: Crossings) -> Asked:
    """Check crossings and number them.

    A code of six digits with one line under it means that line.

    Raises
    ------
    Problems
        One line for each row that names an unknown code, country, date or attribute, or states an
        amount below 0 or without an end.
    """
    texts = [json.dumps(facts, sort_keys=True) for facts in given.facts]
    distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    facts = [json.loads(text) for text in distinct]
    check(book, given, [distinct[text] for text in texts], facts)
    only = only_lines(book)
    number, length = pack(only.get(code, code) for code in given.hts)
    return Asked(
        ships=Shipments(
            number=number,
            length=length,
            origin=book.country(given.origin),
            importer=book.country(given.importer),
            facts=facts,
            facts_of=np.array([distinct[text] for text in texts], dtype=np.int64),
            value_usd=given.value_usd,
            quantity=given.quantity,
        ),
        on=days(given.on),
        known=days(given.known_on, HINDSIGHT),
    )


def only_lines(book: LawBook) -> Mapping[str, str]:
    """The line of each six-digit code that has just one."""
    if "only_lines" not in book.kept:
        lines = book.lines["hts8"].drop_duplicates()
        stems = lines.str[:6]
        single = lines[~stems.duplicated(keep=False)]
        book.kept["only_lines"] = dict(zip(single.str[:6], single, strict=True))
    made = book.kept["only_lines"]
    assert isinstance(made, dict)
    return made


@dataclass(frozen=True)
class _Known:
    """What a question may name."""

    countries: Mapping[str, str]
    also: Mapping[str, str]
    groups: Mapping[str, list[str]]
    importers: frozenset[str]
    stems: frozenset[str]
    statistical: frozenset[str]
    attributes: Mapping[str, tuple[str, tuple[str, ...]]]


def _known(book: LawBook) -> _Known:
    if "known" not in book.kept:
        lines = frozenset(book.lines["hts8"])
        kinds = zip(
            book.attributes["id"], book.attributes["kind"], book.attributes["choices"], strict=True
        )
        book.kept["known"] = _Known(
            countries=dict(zip(book.countries["iso3"], book.countries["name"], strict=True)),
            also=dict(zip(book.countries["iso3"], book.countries["also"], strict=True)),
            groups={
                str(n): sorted(set(rows)) for n, rows in book.groups.groupby("group")["country"]
            },
            importers=frozenset(book.clauses["importer"]),
            stems=lines | {code[:6] for code in lines},
            statistical=frozenset(book.statistical["hts10"]),
            attributes={str(n): (str(kind), tuple(c.split())) for n, kind, c in kinds},
        )
    made = book.kept["known"]
    assert isinstance(made, _Known)
    return made


def check(book: LawBook, given: Crossings, facts_of: Sequence[int], facts: Sequence[Facts]) -> None:
    """Refuse rows that name what does not exist, or state an amount that is none.

    Raises
    ------
    Problems
        One line a row.
    """
    known = _known(book)
    wrong_facts = [list(_fact_problems(known, one)) for one in facts]
    wrong_day = {day: list(_day_problems("on", day)) for day in set(given.on)}
    wrong_seen = {day: list(_day_problems("known_on", day)) for day in set(given.known_on)}
    amounts = {"value_usd": given.value_usd, "quantity": given.quantity}
    wrong_amount = {
        name: (amount < 0) | (amount == np.inf)
        for name, amount in amounts.items()
        if (amount < 0).any() or (amount == np.inf).any()
    }
    problems: list[ExposureError] = []
    asked = zip(given.hts, given.origin, given.importer, given.on, given.known_on, strict=True)
    for row, (code, origin, importer, on, seen) in enumerate(asked):
        found = []
        if importer == USA and not _exists(known, code):
            found.append(("hts", *_no_code(known, code)))
        if origin not in known.countries:
            found.append(("origin", f"origin {origin!r} is not known", _country(known, origin)))
        if importer not in known.importers:
            mend = _country(known, importer, known.importers)
            found.append(("importer", f"importer {importer!r} is not known", mend))
        for name, wrong in wrong_amount.items():
            if wrong[row]:
                found.append((name, f"{name} {amounts[name][row]:g}", "0 or more"))
        found += [("on", *wrong) for wrong in wrong_day[on]]
        found += [("known_on", *wrong) for wrong in wrong_seen[seen]]
        found += [("attributes", *wrong) for wrong in wrong_facts[facts_of[row]]]
        for column, what, mend in found:
            problems.append(QueryError(what, _place(given, row, column), mend))
    if problems:
        raise Problems(problems)


def _place(given: Crossings, row: int, column: str) -> str:
    """Where a cell stands: in a file below its head, else in the table of a caller."""
    if given.file:
        return f"{given.file}: row {row + 2}, {column}"
    return f"row {row + 1}" if len(given) > 1 else ""


def _no_code(known: _Known, code: str) -> tuple[str, str]:
    """What is wrong with a code that is in no schedule, and the lines that are near it."""
    if not code.isdigit():
        return f"HTS {code!r} is no tariff code", "6 to 10 digits, with or without dots"
    what, mend = f"HTS {code!r} is not in the US schedule", ""
    if len(code) < SHORTEST:
        count = "1 digit" if len(code) == 1 else f"{len(code)} digits"
        what, mend = f"HTS {code!r} has {count}", "a code has 6 to 10 digits; "
    full = sorted(known.statistical)
    lines = sorted(stem for stem in known.stems if len(stem) > SHORTEST)
    for stem, codes in ((code[:8], full), (code[:6], lines), (code[:HEADING], lines)):
        under = [dotted(line) for line in codes if line.startswith(stem)]
        if under and (codes is lines or stem in known.stems):
            return what, f"{mend}under {dotted(stem)}: {some(under, MOST_LINES)}"
    return what, f"{mend}no line begins with {dotted(code[:HEADING])}"


def _country(known: _Known, asked: str, among: Collection[str] = ()) -> str:
    """Codes of the countries that are meant by a name or a code that is none."""
    names = {code: name for code, name in known.countries.items() if not among or code in among}
    if asked.upper() in known.groups and not among:
        members = some(known.groups[asked.upper()], MOST_COUNTRIES)
        return f"a group of countries, name one: {members}"
    # A word that is a name of its own counts before one that only begins so: UK is not Ukraine.
    found = [code for code in names if asked.lower() in known.also[code].lower().split()]
    found = found or matching(
        asked, {code: f"{name} {known.also[code]}" for code, name in names.items()}
    )
    found = found or get_close_matches(asked.upper(), names, n=MOST_COUNTRIES)
    listed = some([f"{code} is {names[code]}" for code in found], MOST_COUNTRIES, "; ")
    alone = ", ".join(sorted(among)) if among else "ISO 3166-1 alpha-3"
    return listed or alone


def check_day(day: str | dt.date, name: str = "on") -> int:
    """A day as a whole number.

    Raises
    ------
    QueryError
        If it is no date, or ``on`` lies before the first day of the law.
    """
    for what, mend in _day_problems(name, str(day)):
        raise QueryError(what, "", mend)
    return int(days([str(day)])[0])


def check_facts(book: LawBook, facts: Facts) -> None:
    """Refuse attributes that the register does not know.

    Raises
    ------
    Problems
        One line for each.
    """
    found = [QueryError(what, "", mend) for what, mend in _fact_problems(_known(book), facts)]
    if found:
        raise Problems(found)


def _exists(known: _Known, code: str) -> bool:
    if len(code) == 10:
        return code in known.statistical or (code.endswith("00") and code[:8] in known.stems)
    return code in known.stems


def _day_problems(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name == "known_on" and not text:
        return
    try:
        good = dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        good = False
    if not good:
        yield f"{name} {text!r} is not a date", "YYYY-MM-DD"
    elif name == "on" and text < FIRST_DAY:
        yield f"{name} {text} lies before the first day", FIRST_DAY


def _fact_problems(known: _Known, facts: Facts) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if name not in known.attributes:
            yield f"attribute {name!r} is not known", ", ".join(known.attributes)
            continue
        kind, choices = known.attributes[name]
        good = {
            "bool": isinstance(value, bool),
            # Every number is a share; conditions ask for a least one, which NaN would not miss.
            "number": isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 <= value <= 1,
            "choice": value in choices,
        }[kind]
        if not good:
            yield f"attribute {name}={value!r}", f"allowed: {', '.join(choices) or TAKES[kind]}"
