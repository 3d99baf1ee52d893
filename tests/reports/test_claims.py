"""Finished reports say what their tables say, and a report that says otherwise is caught."""

import random
import re
from dataclasses import replace

import pandas as pd
import pytest

import exposure as ex
from exposure.reports import html, pdf
from exposure.reports.claims import check, check_html, check_list, check_pdf, claims
from exposure.reports.contents import describe
from exposure.reports.description import Value, plain
from exposure.reports.words import LANGUAGES, as_line, words
from tests.night import count

MUTATIONS = {"html": count(60, 300), "list": count(30, 100), "cell": count(20, 60),
             "pdf": count(10, 40)}  # fmt: skip
LEAST_CAUGHT = 0.99
TURNED = {"rises": "falls", "falls": "rises", "more": "less", "less": "more", "lost": "added",
          "below": "above", "above": "below", "unknown": "known"}  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return ex.run(ex.load(), "law-today", products=["kia-k4"], draws=60)


def made(result, kind, language="en"):
    report = describe(result.tables, kind, language)
    page = html.render(report, result.tables, result.fingerprints)
    return report, claims(report), page, pdf.render(report, result.fingerprints)


@pytest.fixture(scope="module")
def brief(result):
    return made(result, "brief")


@pytest.mark.parametrize("kind", ["brief", "full"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_finished_reports_say_what_their_tables_say(result, kind, language):
    _, listed, page, document = made(result, kind, language)
    faults = check(listed, result.tables, language, page, document, numbered=kind != "brief")
    assert [str(fault) for fault in faults] == []


def test_several_scenarios_and_products_too():
    tables = ex.run(
        ex.load(), "japan-quota", "korea-25-japan-15", products=["honda-cr-v", "gm-korea-suv"],
        draws=10, by_sector=False,
    )  # fmt: skip
    for kind in ("brief", "full"):
        report, listed, page, document = made(tables, kind)
        faults = check(listed, tables.tables, "en", page, document, numbered=kind != "brief")
        assert [str(fault) for fault in faults] == []
    first = tables.table("scenarios")["title"].iloc[0]
    assert [plain(name).startswith(f"{first}: ") for name, _ in report.key_figures] == [True] * 2


def test_first_sentences_say_the_price_who_pays_and_whose_jobs(brief, result):
    report, _, _, _ = brief
    (told,) = (as_line(answer) for answer in report.answers)
    home = result.table("product_jobs").query("country == 'MEX'").iloc[0]
    for part in ("the buyer's price rises by ", "in all countries on its routes, in which ",
                 f"Of these in Mexico, where most is assembled: {home['exposed_central']:,.0f} exposed",
                 "buyers pay USD ", " under the law of 2025-02-03; "):  # fmt: skip
        assert part in told, part
    (key, *_) = (as_line(name) for name, _ in report.key_figures)
    assert key.startswith("Kia K4"), "one scenario is named in the title alone"


def digit_changed(text, chance):
    """Another digit in the place of one; None where there is none."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    if not places:
        return None
    place = chance.choice(places)
    other = chance.choice([d for d in "0123456789" if d != text[place]])
    return text[:place] + other + text[place + 1 :]


def rounding_drifted(text, chance):
    """The last digit of a number one up or down."""
    found = list(re.finditer(r"\d(?=\D|$)", text))
    if not found:
        return None
    place = chance.choice(found).start()
    return f"{text[:place]}{(int(text[place]) + chance.choice([1, 9])) % 10}{text[place + 1 :]}"


def unit_lost(text, _):
    """A number without its unit."""
    lost = re.sub(r"USD\s?|\s?%| bn| m\b", "", text, count=1)
    return lost if lost != text else None


def sign_turned(text, _):
    """A loss as a gain, or a gain as a loss."""
    if "-" in text:
        return text.replace("-", "", 1)
    return re.sub(r"\d", lambda found: f"-{found.group()}", text, count=1) if re.search(
        r"\d", text) else None  # fmt: skip


def direction_turned(text, _):
    """The opposite word."""
    for word, other in TURNED.items():
        if re.search(rf"\b{word}\b", text):
            return re.sub(rf"\b{word}\b", other, text, count=1)
    return None


def something_said(text, chance):
    """A word that stands nowhere."""
    return text + chance.choice([" NAIRU", " doubled", " 7", " at least", " million"])


WAYS = (digit_changed, rounding_drifted, unit_lost, sign_turned, direction_turned, something_said)


def mutated(texts, chance):
    """A place in a list of texts, and its text changed in a random way."""
    while True:
        place = chance.randrange(len(texts))
        changed = chance.choice(WAYS)(texts[place], chance)
        if changed is not None and changed != texts[place]:
            return place, changed


def caught_in_html(brief, chance):
    """Changes in the text between tags of the finished page."""
    _, listed, page, _ = brief
    head, body, tail = re.split(r"(?<=<main id=\"main\">)|(?=</main>)", page)
    parts = re.split(r"(<[^>]*>)", body)
    told = [n for n, part in enumerate(parts) if part.strip() and not part.startswith("<")]
    # Hints for the screen are no claims, and options and summaries are controls.
    told = [n for n in told if not re.match(r"<(p class=\"hint|summary)", parts[n - 1])]
    for _ in range(MUTATIONS["html"]):
        place, text = mutated([parts[n] for n in told], chance)
        changed = [*parts]
        changed[told[place]] = text
        yield bool(check_html(head + "".join(changed) + tail, listed))


def caught_in_list(brief, tables, chance):
    """Changes that stand in the page and in its list alike: only cells and strings can tell."""
    _, listed, _, _ = brief
    told = listed[
        ~listed["role"].isin(["tick", "drawn", "other"]) & (listed["text"].str.strip() != "")
    ]
    for _ in range(MUTATIONS["list"]):
        place, text = mutated(list(told["text"]), chance)
        changed = listed.copy()
        changed.loc[told.index[place], "text"] = text
        yield bool(check_list(changed, tables, "en"))


def caught_in_cells(brief, tables, chance):
    """Changes in the tables, by more than a rounding."""
    _, listed, _, _ = brief
    told = listed[(listed["form"] != "") & (listed["row"] >= 0)]
    told = told[~told["form"].str.contains("quote|name|short|route|direction")]
    told = told[told["text"] != "not known"]
    for _ in range(MUTATIONS["cell"]):
        row = told.iloc[chance.randrange(len(told))]
        table = tables[row["table"]].copy()
        value = float(table.loc[row["row"], row["column"]])
        table[row["column"]] = table[row["column"]].astype(float)
        table.loc[row["row"], row["column"]] = value * 1.5 + chance.choice([-3.0, 3.0])
        yield bool(check_list(listed, {**tables, row["table"]: table}, "en"))


def caught_in_pdf(brief, result, chance):
    """Changes in what the finished PDF prints."""
    report, listed, _, _ = brief
    for _ in range(MUTATIONS["pdf"]):
        place = chance.randrange(len(report.sections))
        section = report.sections[place]
        tables = [b for b in section.blocks if hasattr(b, "rows") and b.rows]
        if tables:
            table = chance.choice(tables)
            at = chance.randrange(len(table.rows))
            texts = ["".join(map(str, cell)) for cell in table.rows[at]]
            column, text = mutated(texts, chance)
            row = (*table.rows[at][:column], (text,), *table.rows[at][column + 1 :])
            rows = (*table.rows[:at], row, *table.rows[at + 1 :])
            blocks = tuple(replace(b, rows=rows) if b is table else b for b in section.blocks)
            sections = [*report.sections]
            sections[place] = replace(section, blocks=blocks)
            other = replace(report, sections=tuple(sections))
        else:
            _, text = mutated(["".join(map(str, report.answers[0]))], chance)
            other = replace(report, answers=((text,), *report.answers[1:]))
        document = pdf.render(other, result.fingerprints)
        yield bool(check_pdf(document, listed, "en", numbered=False))


def test_mutated_reports_are_caught(brief, result):
    chance = random.Random(20250402)
    tables = dict(result.tables)
    caught = [
        *caught_in_html(brief, chance),
        *caught_in_list(brief, tables, chance),
        *caught_in_cells(brief, tables, chance),
        *caught_in_pdf(brief, result, chance),
    ]
    assert len(caught) == sum(MUTATIONS.values()) == count(120, 500)
    assert sum(caught) / len(caught) >= LEAST_CAUGHT, sum(caught)


def test_a_cell_that_is_gone_is_a_fault(brief, result):
    _, listed, _, _ = brief
    tables = {**result.tables, "headline": result.tables["headline"].iloc[:1]}
    assert any("not there" in str(fault) for fault in check_list(listed, tables, "en"))


def test_an_abbreviation_without_its_line_in_the_glossary_is_a_fault(brief, result):
    _, listed, _, _ = brief
    row = {**listed.iloc[0], "role": "text", "text": "The NAIRU is not meant here", "form": ""}
    changed = pd.concat([listed, pd.DataFrame([row])], ignore_index=True)
    assert any(fault.where == "term" for fault in check_list(changed, result.tables, "en"))


def test_each_number_in_prose_is_a_cell(brief):
    """No sentence holds a digit that a template did not write."""
    report, _, _, _ = brief
    for text in (*report.answers, *report.notices):
        for piece in text:
            if not isinstance(piece, Value):
                assert not re.search(r"\d", piece.replace("80 %", "")), piece


def test_strings_of_all_languages_fit_those_of_english():
    """Same places in each template, same number of parts in each list."""
    english = words("en")
    for code in LANGUAGES:
        said = words(code)
        for key in said.own_keys():
            assert english.has(key), (code, key)
            mine, theirs = said.label(key), english.label(key)
            places = re.compile(r"\{\w+\}")
            assert sorted(places.findall(mine)) == sorted(places.findall(theirs)), (code, key)
            if key != "form.usd_steps":
                assert mine.count(" | ") == theirs.count(" | "), (code, key)
