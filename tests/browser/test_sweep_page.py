"""The page of a sweep in a real browser: sliders show computed scenarios, by mouse and by keys."""

import json

import pytest

import exposure as ex
from exposure.reports.build import build_sweep
from exposure.reports.words import words
from tests.reports import made_sweep
from tests.reports.made_sweep import BILL, INPUTS, JOBS

OUTPUTS = {"Duties": (BILL, "usd", ""), "Jobs": (JOBS, "count", " persons")}


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory):
    root = tmp_path_factory.mktemp("sweeps")
    frame = made_sweep.grid({"korea_rate": INPUTS["korea_rate"]})
    return {
        "grid": ex.open_sweep(made_sweep.write(root / "grid")),
        "failed": ex.open_sweep(made_sweep.write(root / "failed", failed=range(3000))),
        "points": ex.open_sweep(
            made_sweep.write(root / "points", made_sweep.points(), kind="points")
        ),
        "line": ex.open_sweep(
            made_sweep.write(root / "line", frame, given={BILL: 1e9 * frame["korea_rate"]})
        ),
    }


@pytest.fixture(scope="module")
def folder(sweeps, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    for name, table in sweeps.items():
        build_sweep(table, out / name)
    build_sweep(sweeps["grid"], out / "ja", "ja")
    return out


def plain(text):
    return text.replace("\u00a0", " ")


def live(page):
    return plain(page.locator("#sweep-heat .live").inner_text())


def slider(page, label):
    return page.get_by_label(label, exact=True)


def move(page, label, place):
    slider(page, label).evaluate(
        """(input, place) => { input.value = place; input.dispatchEvent(new Event("input")); }""",
        str(place),
    )


def levels(page, label):
    """Exact values of an input, as its slider names them."""
    facts = json.loads(page.locator("#facts").text_content())
    made = facts["heat"]["sweep-heat"]["inputs"]
    return next(item for item in made if item["label"] == label)["levels"]


def said(table, at, kind):
    """What the sweep's own row says of an output, in words."""
    name, form, unit = OUTPUTS[kind]
    where = {key: (value - 1e-9, value + 1e-9) if isinstance(value, float) else value
             for key, value in at.items()}  # fmt: skip
    rows = table.frame(["scenario_id", name], where=where)
    assert len(rows) == 1
    text = plain(words("en").form(form, rows[name].iloc[0])) + unit
    return text, int(rows["scenario_id"].iloc[0])


def percent(text):
    return float(text.removesuffix("%")) / 100


def test_sliders_show_the_rows_of_the_sweep(opened, sweeps):
    page, table = opened("grid"), sweeps["grid"]
    rates, japan = levels(page, "Korea rate"), levels(page, "Rate of cars, japan")
    years = [1.0, 3.0, 10.0]
    for a, b, c, way in ((0, 0, 0, 0), (24, 3, 1, 1), (7, 24, 2, 0), (13, 11, 0, 1)):
        move(page, "Korea rate", a)
        move(page, "Rate of cars, japan", b)
        move(page, "Years", c)
        page.get_by_label("Way", exact=True).select_option(str(way))
        at = {
            "way": made_sweep.WAYS[way], "korea_rate": percent(rates[a]),
            "s232/japan": percent(japan[b]), "years": years[c],
        }  # fmt: skip
        for kind, place in (("Duties", 0), ("Jobs", 1)):
            page.get_by_label("Number", exact=True).select_option(str(place))
            text, number = said(table, at, kind)
            told = live(page)
            assert f": {text} (" in told
            assert f"scenario {number} of the sweep" in told
            assert plain(rates[a]) in told
            assert f"{years[c]:g} years" in told
    assert page.told == []


def test_each_cell_says_its_own_number_to_mouse_and_keyboard(opened, sweeps):
    page, table = opened("grid"), sweeps["grid"]
    art = page.locator("#sweep-heat .art")
    rates, japan = levels(page, "Korea rate"), levels(page, "Rate of cars, japan")
    cell = art.locator('[data-i="20"][data-j="4"]')
    cell.hover()
    at = {"way": "as it is", "korea_rate": percent(rates[20]), "s232/japan": percent(japan[4]),
          "years": 3.0}  # fmt: skip
    text, _ = said(table, at, "Duties")
    assert plain(page.locator("#tip").inner_text()).endswith(f": {text}")
    cell.click()
    assert f": {text} (" in live(page)
    assert slider(page, "Korea rate").input_value() == "20"
    assert slider(page, "Korea rate").get_attribute("aria-valuetext") == rates[20]
    art.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    at |= {"korea_rate": percent(rates[19]), "s232/japan": percent(japan[6])}
    text, number = said(table, at, "Duties")
    assert f"scenario {number} of" in live(page)
    assert plain(page.locator("#tip").inner_text()).endswith(f": {text}")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    assert slider(page, "Korea rate").input_value() == str(len(rates) - 1)
    page.keyboard.press("Tab")
    assert not page.locator("#tip").is_visible()
    # A slider answers to keys of its own.
    slider(page, "Years").focus()
    page.keyboard.press("ArrowRight")
    assert "Years 10 years" in live(page)
    assert page.told == []


def test_a_slider_off_the_axes_changes_colours_title_and_table(opened, sweeps):
    page = opened("grid")
    figure = page.locator("#sweep-heat")
    colours = """() => [...document.querySelectorAll("#sweep-heat [data-i]")].map(
        (cell) => cell.getAttribute("fill"))"""
    before, title = page.evaluate(colours), figure.locator("figcaption").inner_text()
    page.get_by_label("Way", exact=True).select_option("1")
    after = page.evaluate(colours)
    assert len(before) == len(after) == 625
    assert before != after
    changed = figure.locator("figcaption").inner_text()
    assert changed != title
    assert "USD 503.0 m" in plain(changed)
    figure.locator("summary").click()
    cells = figure.locator("details td").all_inner_texts()
    assert "USD 1.10 bn" in [plain(text) for text in cells]
    page.get_by_label("Way", exact=True).select_option("0")
    assert page.evaluate(colours) == before
    assert figure.locator("figcaption").inner_text() == title
    assert figure.locator("figcaption button.v").count() > 0
    assert page.told == []


def test_axes_can_be_chosen(opened, sweeps):
    page, table = opened("grid"), sweeps["grid"]
    page.get_by_label("Across", exact=True).select_option("3")
    page.get_by_label("Number", exact=True).select_option("1")
    assert page.locator("#sweep-heat [data-i]").count() == 3 * 25
    # An axis that is taken already is exchanged.
    page.get_by_label("Upwards", exact=True).select_option("3")
    assert page.get_by_label("Across", exact=True).input_value() == "2"
    assert page.locator("#sweep-heat [data-i]").count() == 25 * 3
    page.locator('#sweep-heat [data-i="5"][data-j="2"]').click()
    rates, japan = levels(page, "Korea rate"), levels(page, "Rate of cars, japan")
    at = {"way": "as it is", "korea_rate": percent(rates[12]), "s232/japan": percent(japan[5]),
          "years": 10.0}  # fmt: skip
    text, number = said(table, at, "Jobs")
    assert f": {text} (" in live(page)
    assert f"scenario {number} of" in live(page)
    assert page.told == []


def test_what_failed_is_grey_and_says_so(opened):
    page = opened("failed")
    move(page, "Korea rate", 0)
    assert "not known" in live(page)
    assert page.locator('#sweep-heat [data-i="0"][data-j="0"]').get_attribute("fill") == "#d9dee5"
    assert page.told == []


def test_medians_of_bins_say_that_they_are(opened, folder):
    page = opened("points")
    assert "median USD" in live(page)
    assert "Each cell is the median" in page.locator("#sweep-heat > .source").inner_text()
    assert "scenario" not in live(page)
    # Only the axes have sliders: all else is as it comes.
    assert slider(page, "Korea rate").is_visible()
    assert not slider(page, "Years").is_visible()
    before = page.locator("#sweep-heat [data-i]").count()
    page.get_by_label("Upwards", exact=True).select_option("2")
    assert slider(page, "Years").is_visible()
    assert page.locator("#sweep-heat [data-i]").count() == 20 * 3 != before
    # The same pair the other way round shows the same medians.
    page.locator('#sweep-heat [data-i="4"][data-j="1"]').click()
    told = live(page)
    page.get_by_label("Across", exact=True).select_option("2")
    assert page.locator("#sweep-heat [data-i]").count() == 60
    assert live(page).split(" (")[0] == told.split(" (")[0]
    assert page.told == []


def test_a_line_has_points_with_tips(opened):
    page = opened("line")
    page.locator("#sweep-line .art").first.focus()
    page.keyboard.press("ArrowRight")
    assert "USD" in page.locator("#tip").inner_text()
    assert page.told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["grid", "points", "ja"])
def test_axe_finds_nothing_of_level_a_and_aa(opened, axe, name, scheme):
    page = opened(name, color_scheme=scheme, bypass_csp=True)
    page.locator("#sweep-heat select").first.select_option("1")
    assert axe(page) == []


def test_it_fits_a_telephone(opened):
    page = opened("grid", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.told == []


def test_without_script_the_picture_of_the_first_view_stands(opened):
    page = opened("grid", java_script_enabled=False)
    assert page.locator("#sweep-heat .art svg rect").count() > 25
    assert page.locator("#sweep-heat .controls").count() == 0
    assert page.locator("main section").count() >= 7
