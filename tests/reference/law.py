"""The law engine once more: slow, plain, exact, one crossing at a time.

Written from docs/law-engine.md and the rule files, not from the fast code; imports nothing of it.
Fractions come from the decimal text of the files, so 0.15 is 3/20. Not known is None.
"""

import csv
import json
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import yaml

FAR = "9999-12-31"


@dataclass
class Crossing:
    hts: str
    origin: str
    on: str
    known: str = ""
    importer: str = "USA"
    attributes: dict = field(default_factory=dict)


def rows_of(path):
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def words(value, default):
    value = value if value is not None else default
    return value if isinstance(value, list) else [value]


class Law:
    """Rule files as nested plain data, with prefixes indexed by scope."""

    def __init__(self, root: Path):
        self.root = root
        self.lists = {}
        self.actions = []
        for path in sorted(root.glob("*/*.yaml")):
            self.actions.append(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))
        self.groups = rows_of(root / "groups.csv")
        self.lines = {}
        for row in rows_of(root / "us" / "lines.csv"):
            self.lines.setdefault(row["hts8"], []).append(row)
        register = yaml.safe_load((root / "attributes.yaml").read_text(encoding="utf-8"))
        self.defaults = {item["id"]: item["default"] for item in register["attributes"]}
        for action in self.actions:
            action["index"] = self.index(action["scope"])
            for clause in self.clauses(action):
                own = clause.get("scope")
                clause["index"] = self.index(own) if own else action["index"]

    @staticmethod
    def clauses(action):
        return action.get("measures", []) + action.get("exemptions", [])

    def index(self, scope):
        """Prefix -> list of (include, from, until), and beginnings of prefixes for short codes."""
        listed = []
        if scope.get("all") == "true":
            listed.append(("", True, "", FAR))
        listed += [(c.replace(".", ""), True, "", FAR) for c in scope.get("hts", [])]
        listed += [(c.replace(".", ""), False, "", FAR) for c in scope.get("except_hts", [])]
        for key, include in (("lists", True), ("except_lists", False)):
            for name in scope.get(key, []):
                if name not in self.lists:
                    self.lists[name] = rows_of(self.root / "us" / "lists" / f"{name}.csv")
                for row in self.lists[name]:
                    if include and scope.get("use") and row["class"] not in scope["use"]:
                        continue
                    listed.append((row["hts"], include, row["from"], row["until"] or FAR))
        whole, starts = {}, {}
        for prefix, include, start, end in listed:
            whole.setdefault(prefix, []).append((include, start, end))
            for size in (6, 8):
                if len(prefix) > size:
                    starts.setdefault(prefix[:size], []).append((include, start, end))
        return whole, starts

    def in_scope(self, index, code, on):
        """(yes / no / None for not known, length of the longest prefix that includes)."""
        whole, starts = index
        inside = outside = -1
        for size in range(0, len(code) + 1, 2):
            for include, start, end in whole.get(code[:size], ()):
                if start <= on <= end:
                    if include:
                        inside = size
                    else:
                        outside = size
        longer = {inc for inc, start, end in starts.get(code, ()) if start <= on <= end}
        if inside > outside:
            return (None if False in longer else True), inside
        return (None if True in longer else False), inside

    def members(self, group, on):
        return {
            row["country"]
            for row in self.groups
            if row["group"] == group and row["from"] <= on and (row["until"] or FAR) >= on
        }

    def rank(self, names, origin, on):
        best = 0
        for name in names:
            if name == "*":
                best = max(best, 1)
            elif name == origin:
                best = max(best, 3)
            elif origin in self.members(name, on):
                best = max(best, 2)
        return best

    def conditions(self, when, attributes):
        answer = True
        for name, wanted in (when or {}).items():
            given = attributes.get(name, self.defaults.get(name))
            if given is None:
                answer = None
            elif isinstance(given, bool):
                if given != (wanted == "true"):
                    return False
            elif isinstance(given, str):
                if given != wanted:
                    return False
            elif Fraction(str(given)) < Fraction(wanted):
                return False
        return answer

    def live(self, clause, on, known):
        until = clause.get("until", FAR)
        if clause.get("until_known", "") > known:
            until = FAR
        return (
            clause.get("status", "in_force") == "in_force"
            and clause["from"] <= on <= until
            and clause["known"] <= known
        )

    def holds(self, action, crossing):
        """(clause or None, is it known)."""
        known = crossing.known or FAR
        for end in action.get("ends", []):
            begun = end["from"] <= crossing.on and end["known"] <= known
            if begun and self.conditions(end.get("when"), crossing.attributes):
                return None, True
        sure, maybe = [], []
        exemptions = action.get("exemptions", [])
        for place, clause in enumerate(self.clauses(action)):
            if not self.live(clause, crossing.on, known):
                continue
            rank = self.rank(words(clause.get("origin"), "*"), crossing.origin, crossing.on)
            if not rank or self.rank(clause.get("not_origin", []), crossing.origin, crossing.on):
                continue
            fits, size = self.in_scope(clause["index"], crossing.hts, crossing.on)
            facts = self.conditions(clause.get("when"), crossing.attributes)
            if fits is False or facts is False:
                continue
            exempt = any(clause is item for item in exemptions)
            key = (exempt, len(clause.get("when") or {}), rank, max(size, 0), clause["from"], place)
            (sure if fits and facts else maybe).append((key, exempt, clause))
        best = max(sure, key=lambda item: item[0], default=((False, -1), True, None))
        for key, exempt, clause in maybe:
            if key > best[0] and effect(action, clause, exempt) != effect(action, best[2], best[1]):
                return clause, False
        return (None, True) if best[1] else (best[2], True)

    def column1(self, crossing):
        found = [
            row
            for row in self.lines[crossing.hts[:8]]
            if row["from"] <= crossing.on <= (row["until"] or FAR)
        ]
        if len(found) != 1:
            return None
        row = found[0]
        claim = crossing.attributes.get("claim", "none")
        partners = {"korus": ["KOR"], "usmca": ["CAN", "MEX"], "japan": ["JPN"]}
        program = claim if crossing.origin in partners.get(claim, ()) else "mfn"
        if crossing.origin in self.members("column2", crossing.on):
            program = "column2"
        for name in (program, "mfn"):
            if row[f"{name}_rate"]:
                return Fraction(row[f"{name}_rate"])
            if row[f"{name}_text"]:
                return None
        return None


def effect(action, clause, exempt):
    """What a clause does; an exemption, no clause and a rate of 0 do the same: nothing."""
    if clause is None or exempt or Fraction(clause.get("rate", "1")) == 0:
        return None
    base = clause.get("base", {})
    content = base.get("part") == "content"
    return json.dumps(
        [
            [str(Fraction(clause[k])) if k in clause else None
             for k in ("rate", "all_in", "cap", "specific_usd_per_unit")],
            {"part": "full"} | base,
            clause.get("covers", "base" if content else "full"),
            clause.get("displaces", action.get("displaces", [])),
        ],
        sort_keys=True,
    )  # fmt: skip


def base_share(clause, attributes):
    base = clause.get("base", {})
    part = base.get("part", "full")
    us = attributes.get("us_content")
    if part == "full":
        return Fraction(1)
    if part == "outside_us_content":
        return None if us is None else 1 - Fraction(str(us))
    if part == "outside_us_content_if_20":
        enough = us is not None and Fraction(str(us)) >= Fraction(1, 5)
        return 1 - Fraction(str(us)) if enough else Fraction(1)
    stated = {k: v for k, v in attributes.items() if k.endswith("_share") and k[:-6] in MATERIALS}
    if not stated:
        return Fraction(1)
    return min(Fraction(1), Fraction(str(stated.get(f"{base['material']}_share", 0))))


MATERIALS = {"steel", "aluminum", "copper", "semiconductor"}


def duty(law, crossing):
    """Total duty as a Fraction of customs value, or None."""
    b = law.column1(crossing)
    if b is None:
        return None
    lines = []
    for action in law.actions:
        if action["importer"] != crossing.importer:
            continue
        clause, known = law.holds(action, crossing)
        if clause is None:
            continue
        rate = None
        if known and "rate" in clause:
            rate = Fraction(clause["rate"])
            if "cap" in clause:
                rate = min(rate, max(Fraction(0), Fraction(clause["cap"]) - b))
        elif known and "all_in" in clause:
            rate = max(Fraction(0), Fraction(clause["all_in"]) - b)
        elif known and Fraction(clause["specific_usd_per_unit"]) == 0:
            rate = Fraction(0)
        if known and any(clause is item for item in action.get("exemptions", [])):
            rate = Fraction(0)
        content = clause.get("base", {}).get("part") == "content"
        lines.append(
            {
                "authority": action["authority"],
                "rate": rate,
                "share": base_share(clause, crossing.attributes),
                "whole": clause.get("covers", "base" if content else "full") == "full",
                "displaces": clause.get("displaces", action.get("displaces", [])),
            }
        )
    memory = {}

    def charged(number):
        """Duty of a line, after what its displacers leave."""
        if number not in memory:
            line = lines[number]
            taken, hazy = Fraction(0), False
            for other, displacer in enumerate(lines):
                if other == number or line["authority"] not in displacer["displaces"]:
                    continue
                owed = charged(other)
                covers = Fraction(1) if displacer["whole"] else displacer["share"]
                if owed is None or (owed > 0 and covers is None):
                    hazy = True
                elif owed > 0:
                    taken += covers
            left = max(Fraction(0), 1 - taken)
            if line["rate"] == 0 or left == 0:
                memory[number] = Fraction(0)
            elif hazy or line["rate"] is None or line["share"] is None:
                memory[number] = None
            else:
                memory[number] = line["rate"] * line["share"] * left
        return memory[number]

    parts = [charged(number) for number in range(len(lines))]
    return None if None in parts else b + sum(parts)
