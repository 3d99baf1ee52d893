"""The page in a real browser: proofs, sorting, views, keyboard, no request, and axe-core's rules."""

import pytest

import exposure as ex


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    result = ex.run(ex.load(), "law-today", products=["kia-k4"], draws=40)
    for kind, language in (("full", "en"), ("brief", "ko")):
        ex.report(result, out / kind, kind=kind, language=language)
    return out


def test_a_number_opens_its_proof(opened, folder):
    page = opened("full")
    button = page.locator("#numbers-law-today-kia-k4 tbody tr").first.locator("button.v").first
    text = button.inner_text()
    button.click()
    proof = page.locator("#proof")
    assert proof.is_visible()
    told = proof.inner_text()
    assert text.replace("\u00a0", " ") in told.replace("\u00a0", " ")
    assert "tables/headline.csv" in told
    # Rule, status on the day, base, source; inputs with grades.
    assert "s232-autos" in told
    assert "owed" in told
    assert "Proc 10908" in told
    assert page.locator("#proof table").count() == 2
    page.keyboard.press("Escape")
    assert not proof.is_visible()
    assert page.told == []


def test_every_number_has_a_proof_that_opens(opened):
    page = opened("full")
    found = page.evaluate(
        """() => {
          const facts = JSON.parse(document.getElementById("facts").textContent);
          const bad = [];
          for (const button of document.querySelectorAll("button.v")) {
            const cell = facts.cells[Number(button.dataset.c)];
            const name = cell && facts.tables[cell[0]];
            if (!cell || !name || (cell[1] >= 0 && !facts.rows[name][cell[1]])) {
              bad.push(button.textContent);
            }
          }
          return [document.querySelectorAll("button.v").length, bad];
        }"""
    )
    assert found[0] > 500
    assert found[1] == []


def test_tables_sort_by_the_values_behind_them(opened):
    page = opened("full")
    head = page.locator("#assumptions th").nth(3).locator("button")
    values = """() => {
      const facts = JSON.parse(document.getElementById("facts").textContent);
      return [...document.querySelectorAll("#assumptions tbody tr")].map(
        (row) => facts.cells[Number(row.cells[3].querySelector("button").dataset.c)][3]);
    }"""
    head.click()
    upward = page.evaluate(values)
    assert upward == sorted(upward)
    head.click()
    assert page.evaluate(values) == sorted(upward, reverse=True)
    assert page.locator("#assumptions th").nth(3).get_attribute("aria-sort") == "descending"
    assert page.told == []


def test_a_picture_has_views_and_marks_for_mouse_and_keyboard(opened):
    page = opened("full")
    figure = page.locator("figure[id^=flow-]").first
    assert figure.locator(".art").nth(0).is_visible()
    figure.locator("select").select_option("1")
    assert not figure.locator(".art").nth(0).is_visible()
    assert figure.locator(".art").nth(1).is_visible()
    art = figure.locator(".art").nth(1)
    art.focus()
    page.keyboard.press("ArrowRight")
    assert "USD" in page.locator("#tip").inner_text()
    waterfall = page.locator("figure[id^=waterfall-] [data-tip]").nth(1)
    waterfall.hover()
    assert "Pesqueria" in page.locator("#tip").inner_text()
    band = page.locator("figure[id^=flow-] .art").nth(1).locator("[data-flow] path").first
    band.hover(force=True)
    assert page.told == []


def test_arrows_move_between_the_numbers_of_a_table(opened):
    page = opened("full")
    first = page.locator("#routes-law-today-kia-k4 button.v").first
    first.focus()
    page.keyboard.press("ArrowDown")
    row = page.evaluate("document.activeElement.closest('tr').rowIndex")
    assert row == 2
    page.keyboard.press("Enter")
    assert page.locator("#proof").is_visible()


@pytest.mark.parametrize("name", ["full", "brief"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_of_level_a_and_aa(opened, axe, name, scheme):
    page = opened(name, color_scheme=scheme, bypass_csp=True)
    assert axe(page) == []


def test_without_script_the_page_is_whole(opened):
    page = opened("brief", java_script_enabled=False)
    assert page.locator("main section").count() >= 5
    assert page.locator("table").count() >= 3


def test_it_prints(opened, tmp_path):
    page = opened("brief")
    made = page.pdf(format="A4", path=str(tmp_path / "print.pdf"))
    assert made.startswith(b"%PDF")
