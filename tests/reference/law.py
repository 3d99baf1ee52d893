"""The law engine a second time: slow, plain, exact. It shares no line with the fast one.

Written from ``docs/law-engine.md`` and the form of the YAML files alone, to be read beside them:
the headings below carry the numbers of that page. One crossing at a time, ``Fraction`` throughout
(a rate that is printed as 0.15 is three twentieths), and three answers to every legal question:
yes (``True``), no (``False``) and *not known* (``None``).

Scenario rows are outside this file.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Day = dt.date
Answer = bool | None
Number = Fraction | None

METALS = ("steel", "aluminum", "copper")
"""Declared together: a shipment that states one of them has none of those that it does not name."""

PROGRAMS = {"korus": ("KOR",), "usmca": ("CAN", "MEX"), "japan": ("JPN",)}
"""Whose goods may claim a preference: a claim by another country counts for nothing."""

# --- what the files say ----------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One row of a list of goods."""

    cls: str
    from_: Day | None
    until: Day | None


class Goods:
    """HTS codes of one list, found by what a code begins with."""

    def __init__(self, rows: Iterable[tuple[str, Row]]) -> None:
        self.at: dict[str, list[Row]] = {}
        self.below: dict[str, set[str]] = {}
        for code, row in rows:
            self.at.setdefault(code, []).append(row)
            for length in range(1, len(code)):
                self.below.setdefault(code[:length], set()).add(code)

    def has(self, code: str, use: Sequence[str], on: Day) -> bool:
        """Whether exactly this code stands in the list on that day, in one of the classes."""
        for row in self.at.get(code, ()):
            if (not use or row.cls in use) and within(row.from_, on, row.until):
                return True
        return False

    def longest(self, code: str, use: Sequence[str], on: Day) -> int:
        """Length of the longest listed prefix that the code begins with; -1 for none."""
        for length in range(len(code), 0, -2):  # codes have pairs of digits
            if self.has(code[:length], use, on):
                return length
        return -1

    def longer(self, code: str, use: Sequence[str], on: Day) -> set[str]:
        """Listed codes that begin with this code and are longer than it."""
        return {below for below in self.below.get(code, ()) if self.has(below, use, on)}


@dataclass(frozen=True)
class Scope:
    """Which goods: everything, codes and lists, less other codes and lists."""

    all: bool
    among: tuple[tuple[Goods, tuple[str, ...]], ...]
    but_not: tuple[tuple[Goods, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Base:
    """The part of value on which a duty is charged."""

    part: str = "full"
    material: str | None = None
    made_in: tuple[str, ...] = ()
    not_made_in: tuple[str, ...] = ()
    maker: tuple[str, ...] = ()
    not_maker: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What a measure charges, without when, for whom and on which goods."""

    rate: Number
    all_in: Number
    cap: Number
    specific: Number
    base: Base
    covers: str
    displaces: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Clause:
    """A measure (with terms) or an exemption (without)."""

    id: str
    place: int
    terms: Terms | None
    from_: Day
    until: Day | None
    known: Day
    until_known: Day | None
    status: str
    origin: tuple[str, ...]
    not_origin: tuple[str, ...]
    when: dict[str, Any]
    scope: Scope


@dataclass(frozen=True)
class Ending:
    """The end of a whole action."""

    from_: Day
    known: Day
    when: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Action:
    """A family of instruments with one authority and one component."""

    id: str
    importer: str
    authority: str
    component: str
    clauses: tuple[Clause, ...]
    ends: tuple[Ending, ...]


@dataclass
class Law:
    """The rulebook, as read."""

    actions: list[Action] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, list[tuple[str, Day | None, Day | None]]] = field(default_factory=dict)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Crossing:
    """Goods that pass one customs border.

    ``content`` rows are (material, country of making, country of the maker, share of value).
    """

    hts: str
    origin: str
    importer: str
    on: Day
    known: Day | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    quantity: Any = None
    content: Sequence[tuple[str, str, str, Any]] | None = None


@dataclass(frozen=True)
class Line:
    """What one action does to one crossing; ``None`` is *not known*.

    ``clause`` is the clause that holds, ``maybe`` are clauses that might hold in its place.
    """

    action: str
    component: str
    clause: str | None
    exempt: bool
    maybe: tuple[str, ...]
    rate: Number
    base_share: Number
    left: Number
    duty: Number
    note: str


@dataclass(frozen=True)
class Duty:
    """The duty of a crossing, as shares of its customs value; ``None`` is *not known*."""

    column1: Number
    lines: tuple[Line, ...]
    components: dict[str, Number]
    total: Number
    note: str

    def clauses(self) -> dict[str, str | None]:
        """The clause that holds, by action."""
        return {line.action: line.clause for line in self.lines}


# --- reading ---------------------------------------------------------------------------------


class _Exact(yaml.SafeLoader):
    """YAML with numbers taken from their decimal text."""


def _fraction(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Fraction:
    return Fraction(str(loader.construct_scalar(node)))


_Exact.add_constructor("tag:yaml.org,2002:float", _fraction)
_Exact.add_constructor("tag:yaml.org,2002:int", _fraction)


def read_yaml(path: Path) -> Any:
    """A YAML file; every number in it is exact."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Exact)


def number(value: Any) -> Number:
    """A number as its decimal text says it: 0.15 is 3/20."""
    return None if value is None else Fraction(str(value))


def digits(code: str) -> str:
    """An HTS code without dots."""
    return code.replace(".", "")


def within(start: Day | None, on: Day, end: Day | None) -> bool:
    """``start <= on <= end``; an open end holds for ever."""
    return (start is None or start <= on) and (end is None or on <= end)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> Day | None:
    return Day.fromisoformat(text) if text else None


def _many(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _known_fields(document: dict[str, Any], fields: str, where: str) -> None:
    strange = sorted(set(document) - set(fields.split()))
    if strange:
        raise ValueError(f"{where}: unknown field {', '.join(strange)}")


def load_law(root: Path | str) -> Law:
    """Read the folder ``data/raw/law``."""
    root = Path(root)
    law = Law()
    for attribute in read_yaml(root / "attributes.yaml")["attributes"]:
        law.defaults[attribute["id"]] = attribute["default"]
    for row in _rows(root / "groups.csv"):
        member = (row["country"], _day(row["from"]), _day(row["until"]))
        law.groups.setdefault(row["group"], []).append(member)
    if (root / "us" / "lines.csv").exists():
        for row in _rows(root / "us" / "lines.csv"):
            for length in range(1, 9):
                law.lines.setdefault(row["hts8"][:length], []).append(row)
    lists: dict[Path, Goods] = {}
    for path in sorted(root.glob("*/*.yaml")):
        law.actions.append(_read_action(read_yaml(path), path, lists))
    for action in law.actions:
        for part in (*action.clauses, *action.ends):
            for asked in part.when:
                if asked not in law.defaults:
                    raise ValueError(f"{action.id}: attribute {asked} is not in the register")
    return law


def _read_goods(name: str, folder: Path, lists: dict[Path, Goods]) -> Goods:
    path = folder / "lists" / f"{name}.csv"
    if path not in lists:
        lists[path] = Goods(
            (digits(row["hts"]), Row(row["class"], _day(row["from"]), _day(row["until"])))
            for row in _rows(path)
        )
    return lists[path]


def _read_scope(given: dict[str, Any], folder: Path, lists: dict[Path, Goods]) -> Scope:
    _known_fields(given, "all hts lists use except_hts except_lists", str(folder))

    def goods(codes: str, files: str, use: tuple[str, ...]) -> tuple[Any, ...]:
        named = Goods((digits(code), Row("", None, None)) for code in _many(given.get(codes)))
        found = [(named, ())]
        for name in _many(given.get(files)):
            found.append((_read_goods(name, folder, lists), use))
        return tuple(found)

    return Scope(
        all=given.get("all", False),
        among=goods("hts", "lists", _many(given.get("use"))),
        but_not=goods("except_hts", "except_lists", ()),
    )


# "provisional" marks a clause for the reader; it changes no rate.
_WHEN = "id from until known until_known status origin not_origin when scope heading source note"
_WHEN += " provisional"
_WHAT = "rate all_in cap specific_usd_per_unit base covers displaces"


def _read_action(given: dict[str, Any], path: Path, lists: dict[Path, Goods]) -> Action:
    _known_fields(
        given,
        "id importer authority component title instrument scope displaces measures exemptions ends",
        str(path),
    )
    scope = _read_scope(given["scope"], path.parent, lists)
    clauses = []
    for place, clause in enumerate(given["measures"]):
        _known_fields(clause, f"{_WHEN} {_WHAT}", f"{path} {clause['id']}")
        base = clause.get("base") or {}
        _known_fields(base, "part material made_in not_made_in maker not_maker", str(path))
        read = Base(**{key: _many(v) if isinstance(v, list) else v for key, v in base.items()})
        own = clause.get("displaces")
        terms = Terms(
            rate=clause.get("rate"),
            all_in=clause.get("all_in"),
            cap=clause.get("cap"),
            specific=clause.get("specific_usd_per_unit"),
            base=read,
            covers=clause.get("covers") or ("base" if read.part == "content" else "full"),
            displaces=_many(given.get("displaces") if own is None else own),
        )
        clauses.append(_read_clause(clause, place, terms, scope, path, lists))
    for place, clause in enumerate(_many(given.get("exemptions"))):
        _known_fields(clause, _WHEN, f"{path} {clause['id']}")
        clauses.append(_read_clause(clause, place, None, scope, path, lists))
    ends = []
    for end in _many(given.get("ends")):
        _known_fields(end, "from known status when source note", str(path))
        ends.append(Ending(end["from"], end["known"], end.get("when") or {}))
    return Action(
        given["id"],
        given["importer"],
        given["authority"],
        given["component"],
        tuple(clauses),
        tuple(ends),
    )


def _read_clause(
    given: dict[str, Any],
    place: int,
    terms: Terms | None,
    scope: Scope,
    path: Path,
    lists: dict[Path, Goods],
) -> Clause:
    own = given.get("scope")
    return Clause(
        id=given["id"],
        place=place,
        terms=terms,
        from_=given["from"],
        until=given.get("until"),
        known=given["known"],
        until_known=given.get("until_known"),
        status=given.get("status", "in_force"),
        origin=_many(given.get("origin", "*")),
        not_origin=_many(given.get("not_origin")),
        when=given.get("when") or {},
        scope=_read_scope(own, path.parent, lists) if own else scope,
    )


# --- which clause holds ----------------------------------------------------------------------


def in_group(law: Law, country: str, group: str, on: Day) -> bool:
    """Whether the country belongs to the group on that day."""
    for member, start, end in law.groups.get(group, ()):
        if member == country and within(start, on, end):
            return True
    return False


def how_named(law: Law, country: str, names: Iterable[str], on: Day) -> int:
    """How closely a list names a country: 2 by itself, 1 by a group, 0 by ``*``, -1 not at all."""
    closest = -1
    for name in names:
        if name == country:
            closest = max(closest, 2)
        elif in_group(law, country, name, on):
            closest = max(closest, 1)
        elif name == "*":
            closest = max(closest, 0)
    return closest


def fact(law: Law, crossing: Crossing, attribute: str) -> Any:
    """What the shipment states; silence takes the default; ``None`` is not known."""
    stated = crossing.attributes.get(attribute)
    return law.defaults.get(attribute) if stated is None else stated


def is_number(value: Any) -> bool:
    """Truth values are no numbers, though Python counts with them."""
    return not isinstance(value, bool | str)


def condition_holds(law: Law, crossing: Crossing, attribute: str, wanted: Any) -> Answer:
    """Rule 4: a number is a minimum, a word or a truth value must be equal."""
    stated = fact(law, crossing, attribute)
    if stated is None:
        return None
    if is_number(wanted):
        return Fraction(str(stated)) >= wanted
    return stated == wanted


def conditions_hold(law: Law, crossing: Crossing, when: dict[str, Any]) -> tuple[Answer, list[str]]:
    """All conditions of ``when``, with the names of the facts that are missing."""
    missing = []
    for attribute, wanted in when.items():
        holds = condition_holds(law, crossing, attribute, wanted)
        if holds is False:
            return False, []
        if holds is None:
            missing.append(f"attribute {attribute}")
    return (None if missing else True), missing


def is_live(clause: Clause, on: Day, known_on: Day | None) -> bool:
    """Rule 3. ``known_on`` empty is hindsight: all that became known is known."""
    if clause.status != "in_force":
        return False
    if known_on is not None and clause.known > known_on:
        return False
    until = clause.until
    if known_on is not None and clause.until_known is not None and clause.until_known > known_on:
        until = None  # the end was not yet public
    return within(clause.from_, on, until)


@cache
def live_clauses(action: Action, on: Day, known_on: Day | None) -> tuple[Clause, ...]:
    """The clauses of an action to which rule 3 leaves a say on that day."""
    return tuple(clause for clause in action.clauses if is_live(clause, on, known_on))


def in_scope(scope: Scope, code: str, on: Day) -> tuple[Answer, int]:
    """Rule 5, with the length of the prefix by which the code is in.

    The longest listed prefix counts. Of an inclusion and an exception of one length, the exception
    counts. A code that is in (or out), but would be out (or in) with more digits, is not known.
    """
    among = max((goods.longest(code, use, on) for goods, use in scope.among), default=-1)
    if scope.all:
        among = max(among, 0)
    but_not = max((goods.longest(code, use, on) for goods, use in scope.but_not), default=-1)
    more_out = set()
    for goods, use in scope.but_not:
        more_out |= goods.longer(code, use, on)
    if among > but_not:
        return (None if more_out else True), among
    more_in = set()
    for goods, use in scope.among:
        more_in |= goods.longer(code, use, on)
    more_in -= more_out
    if more_in:
        return None, max(len(longer) for longer in more_in)
    return False, -1


def matches(
    law: Law, crossing: Crossing, clause: Clause
) -> tuple[Answer, tuple[Any, ...], list[str]]:
    """Rule 4: answer, order of preference (rule 6), and what is missing."""
    named = how_named(law, crossing.origin, clause.origin, crossing.on)
    if named < 0 or how_named(law, crossing.origin, clause.not_origin, crossing.on) >= 0:
        return False, (), []
    code = digits(crossing.hts)
    inside, prefix = in_scope(clause.scope, code, crossing.on)
    if inside is False:
        return False, (), []
    holds, missing = conditions_hold(law, crossing, clause.when)
    if holds is False:
        return False, (), []
    if inside is None:
        missing = [f"digits of {code}", *missing]
    order = (len(clause.when), named, prefix, clause.from_, clause.place)
    return (None if missing else True), order, missing


@dataclass(frozen=True)
class Holding:
    """What holds of an action: a clause, or one of several (rule 7).

    ``options`` are the clauses that may hold; ``None`` among them is: no clause at all.
    """

    clause: Clause | None
    options: tuple[Clause | None, ...]
    missing: tuple[str, ...]


def holding(law: Law, crossing: Crossing, action: Action) -> Holding | None:
    """Rules 1 to 6. ``None`` if the action says nothing about the crossing."""
    if action.importer != crossing.importer:
        return None
    perhaps_ended: list[str] = []
    for end in action.ends:
        public = crossing.known is None or end.known <= crossing.known
        if not public or end.from_ > crossing.on:
            continue
        holds, missing = conditions_hold(law, crossing, end.when)
        if holds:
            return None
        if holds is None:
            perhaps_ended += missing
    exemption: Clause | None = None
    best: Clause | None = None
    best_order: tuple[Any, ...] = ()
    unsure: list[tuple[Clause, tuple[Any, ...], list[str]]] = []
    for clause in live_clauses(action, crossing.on, crossing.known):
        answer, order, missing = matches(law, crossing, clause)
        if answer is False:
            continue
        if answer is None:
            unsure.append((clause, order, missing))
        elif clause.terms is None:
            exemption = exemption or clause
        elif best is None or order > best_order:
            best, best_order = clause, order
    holder = exemption or best
    options: list[Clause | None] = [holder]
    missing_all = list(perhaps_ended)
    if perhaps_ended and holder is not None:
        options.append(None)
    if exemption is None:
        for clause, order, missing in unsure:
            if clause.terms is None or best is None or order > best_order:
                options.append(clause)
                missing_all += missing
    if options == [None]:
        return None
    return Holding(holder, tuple(options), tuple(dict.fromkeys(missing_all)))


# --- column 1 --------------------------------------------------------------------------------

_PER_CENT = re.compile(r"([\d.]+)\s*%")
_MONEY = re.compile(
    r"(?:\$\s*([\d.]+)|([\d.]+)\s*¢)\s*(?:/|\s)\s*"
    r"(each|kg|clean kg|g|t|m|m2|m²|m3|m³|liters?|pf\.? ?liters?|bbl|gross|doz\.?|prs?\.?|head)"
)


def worded_rate(text: str, value: Number, quantity: Number) -> Number:
    """A specific or compound rate, such as ``36¢/kg + 16.3%``, as a share of value.

    The quantity is in the unit that the rate names. What we cannot read, and a rate with two
    different units, is not known; so is every rate without value or quantity.
    """
    if not value or quantity is None:
        return None
    total = Fraction(0)
    units = set()
    for term in text.split("+"):
        per_cent = _PER_CENT.fullmatch(term.strip())
        money = _MONEY.fullmatch(term.strip())
        if per_cent:
            total += Fraction(per_cent[1]) / 100
        elif money:
            usd = Fraction(money[1]) if money[1] else Fraction(money[2]) / 100
            total += usd * quantity / value
            units.add(money[3])
        else:
            return None
    return total if len(units) <= 1 else None


def column_1(law: Law, crossing: Crossing) -> tuple[Number, str]:
    """The ordinary rate of the United States, from the table of lines.

    A code of fewer than 8 digits has a rate if all lines that it may be have the same.
    """
    code = digits(crossing.hts)[:8]
    lines = [
        row
        for row in law.lines.get(code, ())
        if within(_day(row["from"]), crossing.on, _day(row["until"]))
    ]
    if not lines:
        return None, f"no line {code} on {crossing.on}"
    rates = {line_rate(law, crossing, row) for row in lines}
    if len(rates) > 1:
        return None, f"digits of {code}"
    rate = rates.pop()
    return rate, "" if rate is not None else f"column 1 of {code} needs value and quantity"


def line_rate(law: Law, crossing: Crossing, row: dict[str, str]) -> Number:
    """Column 2 for its origins; else the special rate claimed, if the line has one; else general."""
    column = "mfn"
    claim = fact(law, crossing, "claim")
    if in_group(law, crossing.origin, "column2", crossing.on):
        column = "column2"
    elif crossing.origin in PROGRAMS.get(claim, ()) and (
        row[f"{claim}_rate"] or row[f"{claim}_text"]
    ):
        column = claim
    if row[f"{column}_rate"]:
        return Fraction(row[f"{column}_rate"])
    return worded_rate(row[f"{column}_text"], number(crossing.value), number(crossing.quantity))


# --- how duties combine ----------------------------------------------------------------------


def extra_rate(terms: Terms, b: Number, crossing: Crossing) -> Number:
    """``r``: what a measure adds to column 1 ``b``. A bound of nought is nought whatever ``b``."""
    if terms.rate is not None:
        if terms.cap is None or terms.rate == 0:
            return terms.rate
        if terms.cap == 0:
            return Fraction(0)
        return None if b is None else min(terms.rate, max(Fraction(0), terms.cap - b))
    if terms.all_in is not None:
        if terms.all_in == 0:
            return Fraction(0)
        return None if b is None else max(Fraction(0), terms.all_in - b)
    assert terms.specific is not None
    value, quantity = number(crossing.value), number(crossing.quantity)
    if not value or quantity is None:
        return None
    return terms.specific * quantity / value


def us_content(law: Law, crossing: Crossing) -> Number:
    """US content: as stated, else as made in the USA if the content accounts for all of value."""
    stated = number(fact(law, crossing, "us_content"))
    if stated is not None or not crossing.content:
        return stated
    shares = [(country, number(share)) for _, country, _, share in crossing.content]
    if abs(sum(share for _, share in shares) - 1) > Fraction(1, 10**6):
        return None
    return sum((share for country, share in shares if country == "USA"), Fraction(0))


def content_share(law: Law, crossing: Crossing, base: Base) -> Fraction:
    """The share of a material. A shipment that states one metal has declared them all."""

    def passes(country: str, made: tuple[str, ...], not_made: tuple[str, ...]) -> bool:
        if made and how_named(law, country, made, crossing.on) < 0:
            return False
        return how_named(law, country, not_made, crossing.on) < 0

    rows = [row for row in crossing.content or () if row[0]]
    of_material = [row for row in rows if row[0] == base.material]
    if of_material:
        total = Fraction(0)
        for _, country, maker, share in of_material:
            made_there = passes(country, base.made_in, base.not_made_in)
            if made_there and passes(maker, base.maker, base.not_maker):
                total += Fraction(str(share))
        return total
    stated = number(fact(law, crossing, f"{base.material}_share"))
    if stated is not None:
        return stated
    if rows:
        return Fraction(0)
    for metal in METALS:
        if base.material in METALS and fact(law, crossing, f"{metal}_share") is not None:
            return Fraction(0)
    return Fraction(1)


def base_share(law: Law, crossing: Crossing, base: Base) -> Number:
    """``s``: the share of value on which a measure is charged."""
    if base.part == "full":
        return Fraction(1)
    if base.part == "content":
        return content_share(law, crossing, base)
    us = us_content(law, crossing)
    if base.part == "outside_us_content":
        return None if us is None else 1 - us
    assert base.part == "outside_us_content_if_20"
    return 1 - us if us is not None and us >= Fraction(1, 5) else Fraction(1)


@dataclass(frozen=True)
class Charge:
    """What an action asks of a crossing before displacement; a ``None`` in it is not known."""

    r: Number
    s: Number
    covers: str
    displaces: frozenset[str]

    @property
    def is_nothing(self) -> bool:
        """Nought for certain: a rate of nought, or a rate on no part of value."""
        return self.r == 0 or self.s == 0


NOTHING = Charge(Fraction(0), Fraction(1), "full", frozenset())


def charge(law: Law, crossing: Crossing, clause: Clause | None, b: Number) -> Charge:
    """What a clause asks; an exemption and no clause ask nothing."""
    if clause is None or clause.terms is None:
        return NOTHING
    terms = clause.terms
    return Charge(
        extra_rate(terms, b, crossing),
        base_share(law, crossing, terms.base),
        terms.covers,
        frozenset(terms.displaces),
    )


def same_result(one: Clause | None, other: Clause | None) -> bool:
    """Rule 7: whether the terms make no difference between two clauses."""
    if asks_nothing(one) or asks_nothing(other):
        return asks_nothing(one) and asks_nothing(other)
    assert one is not None
    assert other is not None
    return one.terms == other.terms


def asks_nothing(clause: Clause | None) -> bool:
    """No clause, an exemption, or a rate of nought."""
    return clause is None or clause.terms is None or clause.terms.rate == 0


@dataclass
class Standing:
    """An action on its way through displacement."""

    action: Action
    held: Holding
    sure: bool
    charge: Charge
    left: Number = Fraction(1)
    duty: Number = None

    def owed(self) -> Answer:
        """Whether ``r * s * left > 0``."""
        if self.left == 0 or (self.sure and self.charge.is_nothing):
            return False
        if not self.sure or None in (self.charge.r, self.charge.s, self.left):
            return None
        return True

    def covered(self) -> Fraction:
        """Share of value that an owed action takes out of what it displaces."""
        if self.charge.covers == "full":
            return Fraction(1)
        assert self.charge.s is not None
        return self.charge.s


def stand(law: Law, crossing: Crossing, action: Action, held: Holding, b: Number) -> Standing:
    """The charge of an action, or (not sure) the union of what it may displace."""
    first = held.options[0]
    if all(same_result(first, other) for other in held.options[1:]):
        return Standing(action, held, True, charge(law, crossing, first, b))
    displaces: frozenset[str] = frozenset()
    for option in held.options:
        displaces |= charge(law, crossing, option, b).displaces
    return Standing(action, held, False, Charge(None, None, "full", displaces))


def in_order(standings: list[Standing]) -> list[Standing]:
    """Displacers first; a circle is an error that names its actions."""
    done: list[Standing] = []

    def place(standing: Standing, path: tuple[Standing, ...]) -> None:
        if standing in done:
            return
        if standing in path:
            circle = [one.action.id for one in path[path.index(standing) :]]
            raise ValueError(f"actions displace one another in a circle: {', '.join(circle)}")
        for other in standings:
            if displaces(other, standing):
                place(other, (*path, standing))
        done.append(standing)

    for standing in standings:
        place(standing, ())
    return done


def displaces(one: Standing, other: Standing) -> bool:
    """Whether an action names the authority of another one (never of itself)."""
    return one is not other and other.action.authority in one.charge.displaces


def displace(standings: list[Standing]) -> None:
    """What is left for each action, and its duty share ``r * s * left``."""
    for standing in in_order(standings):
        left: Number = Fraction(1)
        doubt = False
        for other in standings:
            if not displaces(other, standing):
                continue
            owed = other.owed()
            if owed:
                left -= other.covered()
            elif owed is None:
                doubt = True
        left = max(Fraction(0), left)
        standing.left = None if doubt and left > 0 else left
        standing.duty = share_of(standing)


def share_of(standing: Standing) -> Number:
    """``r * s * left``; nought where one of them is nought, whatever else is not known."""
    if standing.left == 0 or (standing.sure and standing.charge.is_nothing):
        return Fraction(0)
    if not standing.sure or None in (standing.charge.r, standing.charge.s, standing.left):
        return None
    return standing.charge.r * standing.charge.s * standing.left


def why_unknown(standing: Standing) -> str:
    """What is missing where a duty is not known."""
    if standing.duty is not None:
        return ""
    if not standing.sure:
        return ", ".join(standing.held.missing)
    if standing.charge.r is None:
        return "column 1, or value and quantity"
    if standing.charge.s is None:
        return "attribute us_content"
    return "whether a duty that displaces this one is owed"


def stand_all(law: Law, crossing: Crossing, b: Number, mfn: bool) -> list[Standing]:
    """The actions that say something about the crossing: those of column 1, or the others."""
    found = []
    for action in law.actions:
        ordinary = crossing.importer != "USA" and action.authority == "mfn"
        if ordinary != mfn:
            continue
        held = holding(law, crossing, action)
        if held is not None:
            standing = stand(law, crossing, action, held, b)
            if held.clause is None and standing.sure:
                continue  # a clause that may hold would change nothing
            found.append(standing)
    return found


def duty(law: Law, crossing: Crossing) -> Duty:
    """The duty of a crossing: column 1, each action, each component, the total."""
    for stated in crossing.attributes:
        if stated not in law.defaults:
            raise ValueError(f"attribute {stated} is not in the register")
    if crossing.importer == "USA":
        b, note = column_1(law, crossing)
        ordinary = []
    else:
        ordinary = stand_all(law, crossing, Fraction(0), mfn=True)
        displace(ordinary)
        b = _sum(standing.duty for standing in ordinary) if ordinary else None
        note = "" if ordinary else f"no rule on column 1 of {crossing.importer}"
    additional = stand_all(law, crossing, b, mfn=False)
    displace(additional)
    components: dict[str, Number] = {"mfn": b}
    for standing in additional:
        name = standing.action.component
        before = components.get(name, Fraction(0))
        components[name] = _sum((before, standing.duty))
    lines = tuple(
        Line(
            action=standing.action.id,
            component=standing.action.component,
            clause=standing.held.clause.id if standing.held.clause else None,
            exempt=standing.held.clause is not None and standing.held.clause.terms is None,
            maybe=()
            if standing.sure
            else tuple(option.id for option in standing.held.options[1:] if option),
            rate=standing.charge.r,
            base_share=standing.charge.s,
            left=standing.left,
            duty=standing.duty,
            note=why_unknown(standing),
        )
        for standing in (*ordinary, *additional)
    )
    notes = [note, *(f"{line.action}: {line.note}" for line in lines if line.note)]
    return Duty(
        column1=b,
        lines=lines,
        components=components,
        total=_sum(components.values()),
        note="; ".join(text for text in notes if text),
    )


def _sum(parts: Iterable[Number]) -> Number:
    """A sum with a part that is not known is not known."""
    total = Fraction(0)
    for part in parts:
        if part is None:
            return None
        total += part
    return total
