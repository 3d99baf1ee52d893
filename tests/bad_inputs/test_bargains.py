"""Bad bargains and a bad ledger: one clear line that names file and field."""

import textwrap

import pytest

import exposure as ex
from exposure.errors import ExposureError
from exposure.facts.read_deals import read_bargain
from tests import tiny

FIGURE = "{low: 0.5, central: 0.6, high: 0.7, grade: D, source: s}"
DEAL = f"""
    id: bargain
    title: A deal
    question: Is it worth it?
    party: KOR
    instead: tariff
    under: tariff
    first_year: 2026
    horizon_years: 10
    probability: {FIGURE}
    investments:
      - id: cash
        title: Cash
        kind: cash
        total_usd: {{low: 90.0, central: 100.0, high: 110.0, grade: D, source: s}}
        ceiling_usd_a_year: {{low: 10.0, central: 10.0, high: 10.0, grade: D, source: s}}
        from: 2026
        paid_share: {FIGURE}
        return_share: {FIGURE}
        return_delay_years: {{low: 1.0, central: 2.0, high: 3.0, grade: D, source: s}}
        return_years: {{low: 1.0, central: 2.0, high: 3.0, grade: D, source: s}}
"""
FRONTIER = """
    id: offers
    title: Offers
    question: Which?
    party: KOR
    base: tariff
    concessions:
      - {id: none, title: Nothing, option: {}}
"""
WAIT = f"""
    id: waiting
    title: Waiting
    question: Now or later?
    party: KOR
    settle: bargain
    meanwhile: tariff
    branches:
      - {{id: good, title: Good, probability: {FIGURE}, scenario: tariff, from: 2026-07-01}}
      - {{id: bad, title: Bad, probability: {FIGURE}, scenario: tariff, from: 2026-07-01}}
"""
STANCE = f"""
    id: two
    title: Two
    question: Jointly?
    players: [KOR, MEX]
    actions: [settle, hold]
    base: tariff
    cells:
      - {{actions: [settle, settle], outcomes: [{{scenario: tariff, probability: {FIGURE}}}]}}
      - {{actions: [settle, hold], outcomes: [{{scenario: tariff, probability: {FIGURE}}}]}}
      - {{actions: [hold, settle], outcomes: [{{scenario: tariff, probability: {FIGURE}}}]}}
      - {{actions: [hold, hold], outcomes: [{{scenario: tariff, probability: {FIGURE}}}]}}
"""
CHANGES = [
    (DEAL, "title: A deal", "titel: A deal", "titel: unknown field"),
    (DEAL, "party: KOR", "party: Korea", "party: country 'Korea'"),
    (DEAL, "party: KOR", "party: QQQ", "country 'QQQ' is not known"),
    (DEAL, "under: tariff", "under: treaty", "no scenario 'treaty'"),
    (
        DEAL, "probability: {low: 0.5, central: 0.6, high: 0.7",
        "probability: {low: 0.5, central: 0.6, high: 1.7", "probability lies between 0 and 1",
    ),
    (
        DEAL, "probability: {low: 0.5", "probability: {low: 0.65",
        "low 0.65 <= central 0.6",
    ),
    (
        DEAL, "ceiling_usd_a_year: {low: 10.0, central: 10.0",
        "ceiling_usd_a_year: {low: 0.0, central: 10.0", "a ceiling_usd_a_year of 0 pays nothing",
    ),
    (DEAL, "high: 110.0, grade: D, source: s", "high: 110.0, grade: D, source: t",
     "cash/total_usd: source 't' is not in sources.csv"),
    (DEAL, "high: 110.0, grade: D, source: s", "high: 110.0, source: s", "grade: is missing"),
    (DEAL, "horizon_years: 10", "horizon_years: 0", "horizon_years"),
    (DEAL, "from: 2026", "from: 2025", "a payment begins before first_year 2026"),
    (DEAL, "from: 2026", "from: 2026\n        schedule: {2026: 0.5, 2027: 0.4}",
     "shares of schedule add up to 0.9"),
    (DEAL, "from: 2026", "from: 2026\n        until: 2025", "nothing falls due before `from`"),
    (DEAL, "kind: cash", "kind: gift", "kind"),
    (FRONTIER, "option: {}", "option: {rates: {}}", "rates: unknown field"),
    (FRONTIER, "- {id: none", "- {id: None", "id 'None' may hold"),
    (
        FRONTIER, "- {id: none, title: Nothing, option: {}}",
        "\n".join(["- {id: a, title: A, option: {}}"]
                  + [f"      - {{id: b{n}, title: B, option: {{}}}}" for n in range(6)]),
        "at most 6 items",
    ),
    (WAIT, "settle: bargain", "settle: another", "no deal 'another'"),
    (WAIT, "id: bad", "id: good", "ids of branches stand twice"),
    (WAIT, "id: bad, title: Bad", f"id: bad, title: Bad, probability_if: {FIGURE}",
     "`probability_if` stands in every branch beside a `rival`"),
    (WAIT, "from: 2026-07-01", "from: July", "from"),
    (STANCE, "actions: [hold, hold], out", "actions: [hold, settle], out", "one cell for each of"),
    (STANCE, "players: [KOR, MEX]", "players: [KOR]", "players"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "old", "new", "said"), CHANGES)
def test_bargains(tmp_path, form, old, new, said):
    root = tiny.write(tmp_path)
    folder = root / "raw" / "deals"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bargain.yaml").write_text(textwrap.dedent(DEAL), encoding="utf-8")
    assert old in form
    path = tmp_path / "asked.yaml"
    path.write_text(textwrap.dedent(form.replace(old, new)), encoding="utf-8")
    with pytest.raises(ExposureError) as caught:
        read_bargain(ex.load(root), path)
    lines = str(caught.value).splitlines()
    assert any(said in line for line in lines), lines
    assert "asked.yaml" in str(caught.value)


@pytest.mark.parametrize("form", [DEAL, FRONTIER, WAIT, STANCE])
def test_the_forms_themselves_are_well_formed(tmp_path, form):
    root = tiny.write(tmp_path)
    folder = root / "raw" / "deals"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bargain.yaml").write_text(textwrap.dedent(DEAL), encoding="utf-8")
    path = tmp_path / "asked.yaml"
    path.write_text(textwrap.dedent(form), encoding="utf-8")
    assert read_bargain(ex.load(root), path).title


LEDGER = [
    ("One,1,x", "One,one,x", "value 'one' is not a number"),
    ("2025,s,nothing", "2025,t,nothing", "source 't' is not in sources.csv"),
    ("2025,s,nothing", "2025,s,guess", "'guess' is not allowed"),
    ("2025,s,nothing,,", "2025,s,rate,,", "column set_to"),
    ("nothing,,,,,,", "nothing,,,,car,duty_bill_usd,", "column metric"),
    ("a-1,a", "A 1,a", "column id"),
]


@pytest.mark.parametrize(("old", "new", "said"), LEDGER)
def test_ledger(tmp_path, old, new, said):
    with pytest.raises(ExposureError) as caught:
        ex.load(tiny.write(tmp_path, conflicts__csv=(old, new)))
    assert said in str(caught.value)
    assert "conflicts" in str(caught.value)


def test_formula(tmp_path):
    change = ("KOR,50,100", "KOR,50,0")
    with pytest.raises(ExposureError, match="reciprocal_formula"):
        ex.load(tiny.write(tmp_path, economy__reciprocal_formula__csv=change))
