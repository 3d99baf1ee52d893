"""The site builds without a network, asks for none, and leaves no page out."""

import csv
import importlib.util
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
ASKED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src",
         "object": "data", "video": "src", "audio": "src", "embed": "src"}  # fmt: skip
"""Attributes by which a page asks for a file by itself; what an anchor leads to, it does not."""


class Asked(HTMLParser):
    """Addresses that a page asks for by itself, its anchors, its links and how often it has math."""

    def __init__(self):
        super().__init__()
        self.files, self.links, self.ids, self.math, self.text = [], [], set(), 0, []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ASKED and given.get(ASKED[tag]):
            self.files.append(given[ASKED[tag]])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if given.get("id"):
            self.ids.add(given["id"])
        self.math += tag == "math"
        self.files += re.findall(r"url\(([^)]+)\)", given.get("style") or "")

    def handle_data(self, data):
        self.text.append(data)


def asked(path):
    parser = Asked()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): asked(path) for path in site.rglob("*.html")}


def outside(address):
    return bool(urlsplit(address).scheme not in {"", "data"} or address.startswith("//"))


def test_no_page_asks_for_a_file_from_elsewhere(site, pages):
    assert len(pages) > 25
    for name, page in pages.items():
        assert not [address for address in page.files if outside(address)], name
        for address in page.files:
            path = unquote(urlsplit(address).path)
            if path and not address.startswith("data:"):
                assert (site / name).parent.joinpath(path).resolve().is_file(), f"{name}: {address}"
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        loaded = re.findall(r"url\(\s*['\"]?([^'\")]+)", text) + re.findall(
            r"@import\s+([^;]+)", text
        )
        assert not [address for address in loaded if outside(address)], sheet.name


def test_no_script_fetches_from_elsewhere(site):
    """An address in a script may stand in a comment, or be the name of a namespace."""
    for script in site.rglob("*.js"):
        text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", script.read_text("utf-8"), flags=re.S | re.M)
        found = re.findall(
            r"(?:fetch|import|src\s*=|href\s*=)\s*\(?\s*['\"](https?:)?//[^'\"]+", text
        )
        assert not found, script.name


def test_a_browser_opens_the_site_from_disk_and_finds_a_word(site, browser):
    page = browser.new_page()
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:")) else told.append(asked.url),
    )
    page.goto((site / "index.html").as_uri())
    page.fill("input[name=q]", "displacement")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    links = page.eval_on_selector_all("#search-results li a", "found => found.map(a => a.href)")
    page.close()
    assert any("glossary.html" in link for link in links)
    assert not told


def test_links_within_the_site_lead_somewhere(site, pages):
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = (
                (site / name).parent.joinpath(unquote(parts.path)).resolve()
                if parts.path
                else site / name
            )
            assert target.is_file(), f"{name}: {link}"
            there = pages.get(target.relative_to(site.resolve()).as_posix())
            if parts.fragment and there:
                assert unquote(parts.fragment) in there.ids, f"{name}: {link}"


def test_every_page_is_in_the_site_and_in_the_contents(pages):
    """That each stands in the contents, the build says: it warns of one that does not."""
    built = {page.relative_to(DOCS).with_suffix(".html").as_posix() for page in PAGES}
    assert built <= set(pages)
    menu = {re.sub(r"#.*", "", link) for link in pages["index.html"].links}
    assert built - {"index.html"} <= menu


def test_the_page_of_the_verbs_has_every_verb():
    import exposure as ex

    text = (DOCS / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"autofunction:: exposure\.(\w+)", text)
    assert sorted(listed) == sorted(set(ex.__all__) - {"__version__"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_links_of_a_page_lead_to_files_of_the_repository_too(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not urlsplit(link).scheme and not link.startswith("#"):
            assert (page.parent / urlsplit(link).path).exists(), link


@pytest.fixture(scope="module")
def mathml():
    pytest.importorskip("latex2mathml", reason="needs the packages of the site")
    spec = importlib.util.spec_from_file_location("mathml", DOCS / "_ext" / "mathml.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a}{b}", r"\sum_{i=1}^{n} x_i", r"p^{\varepsilon}", r"(I - A)^{-1}", r"\max(0, c - b)",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"\hat{x}", r"\text{duty} \le 1", "a < b",
        r"\mathbf{L} = (\mathbf{I} - \mathbf{A})^{-1}", r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    ],
)  # fmt: skip
def test_equations_become_mathml(mathml, latex):
    made = mathml.mathml(latex, "block")
    assert made.startswith("<math") and 'display="block"' in made
    assert ("<mtable" in made) == ("begin" in latex)
    assert "\\" not in re.sub(r"<annotation.*?</annotation>", "", made)


@pytest.mark.parametrize(
    "latex", [r"\frac{a}", r"\notacommand{x}", r"\left( x", r"a & b", r"a \\ b", r"\text{a & b}"]
)
def test_an_equation_that_cannot_be_read_is_an_error(mathml, latex):
    from sphinx.errors import SphinxError

    with pytest.raises(SphinxError, match="equation"):
        mathml.mathml(latex, "inline")


def test_a_page_with_equations_holds_mathml_and_no_dollars(tmp_path):
    """A small site of its own, so that pages may come and go."""
    import subprocess

    (tmp_path / "conf.py").write_text(
        (DOCS / "conf.py")
        .read_text("utf-8")
        .replace("HERE = Path(__file__).resolve().parent", f"HERE = Path({str(DOCS)!r})"),
        "utf-8",
    )
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "site.css").write_text("", "utf-8")
    (tmp_path / "index.md").write_text(
        "# A\n\nIn line $x^2$.\n\n$$\ny = \\frac{a}{b}\n$$ (first)\n\nSee {eq}`first`.\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", str(tmp_path), str(tmp_path / "out")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    page = asked(tmp_path / "out" / "index.html")
    assert page.math == 2
    assert "$" not in "".join(page.text)
    assert "(1)" in "".join(page.text)
    assert not [address for address in page.files if "math" in address.lower()]


TERMS = (
    "crossing", "leg", "route", "site", "action", "measure", "duty line", "MFN rate",
    "additional duty", "all-in rate", "customs value", "base", "statutory rate",
    "effective tariff rate", "country of origin", "content share", "regional value content",
    "tariff shift", "landed cost", "pass-through", "trade elasticity", "Armington",
    "demand elasticity", "Z", "A", "L", "x", "Y", "v", "wedge", "jobs exposed", "jobs predicted",
    "tail", "effective_on", "known_on", "grade", "parity rate",
)  # fmt: skip


def rows(page, width):
    """Cells of all tables of a page that have so many columns, heads and rulers left out."""
    lines = [line for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    found = [row for row in cells if len(row) == width]
    return [row for row, after in zip(found, [*found[1:], [""]], strict=True)
            if "---" not in row[0] and "---" not in after[0]]  # fmt: skip


def test_the_glossary_has_the_terms_and_each_is_used_elsewhere():
    told = {row[0] for row in rows("glossary.md", 4)}
    words = " | ".join(told)
    for term in TERMS:
        assert re.search(rf"(?<!\w){re.escape(term)}(?!\w)", words), term
    others = [page for page in PAGES if page.name != "glossary.md"]
    others += [ROOT / "README.md", *(ROOT / "exposure").rglob("*.py")]
    said = "\n".join(path.read_text("utf-8") for path in others)
    for term in told:
        for name in re.split(r" \(|\)", term.removesuffix(")")):
            # A letter of a formula is not a word that happens to hold it.
            used = re.escape(name) if len(name) == 1 else f"(?i:{re.escape(name)})"
            assert re.search(rf"(?<!\w){used}s?(?!\w)", said), f"{name} is used nowhere else"


def test_what_the_glossary_points_to_exists():
    columns = (DOCS / "tables.md").read_text("utf-8") + (DOCS / "result-tables.md").read_text(
        "utf-8"
    )
    known = set(
        re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`|^## \w+", columns, flags=re.M)))
    )
    document = yaml.safe_load((ROOT / "data/raw/parameters.yaml").read_text("utf-8"))
    known |= {row["id"] for row in document["parameters"]} | {"mfn", "all_in", "rate", "total"}
    for term, _, _, where in rows("glossary.md", 4):
        assert where, term
        assert set(re.findall(r"`([a-z_]+)`", where)) <= known, term


def test_directions_of_the_back_test_are_those_of_its_scores():
    with (ROOT / "data/raw/outcomes/scores.csv").open(encoding="utf-8") as file:
        bias = {row["title"]: float(row["bias"]) for row in csv.DictReader(file)}
    told = [row for row in rows("limits.md", 3) if row[0] in bias]
    assert len(told) >= 4
    for title, direction, _ in told:
        assert direction == ("too high" if bias[title] > 0 else "too low"), title


def test_limits_of_the_law_stand_in_its_table_with_their_direction():
    with (ROOT / "data/raw/law/gaps.csv").open(encoding="utf-8") as file:
        known = {(row["action"], row["bias"]) for row in csv.DictReader(file)}
    told = {(row[0].strip("`"), row[2]) for row in rows("limits.md", 3) if row[0].startswith("`")}
    assert len(told) >= 10
    assert told <= known
