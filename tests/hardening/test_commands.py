"""Every command with hostile words: it ends well, falls short, or says in plain lines what is wrong."""

import contextlib

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import exposure as ex
from exposure import cli
from exposure.facts import build
from exposure.facts.place import VARIABLE
from tests import tiny
from tests.hardening.test_documents import SURE
from tests.night import NIGHT

CALLS = 1000 if NIGHT else 100
LONGEST_NUMBER = 10**30
WORDS = [
    "", " ", "-", "--", "---", "-1", "0", "1", "1.5", "1e999", "nan", "inf", "-inf", "NaN", "1e-400", "10" * 20, "true",
    "no", "tariff", "grid", "car", "car/mexico", "car/", "/mexico", "/", "duty:car/mexico", "duty:", ":", "duty:car/mexico@",
    "duty:car/mexico@tariff/baseline", "origin:car/mexico", "landed_cost:car/mexico", "x:y/z@a/b/c", "8703.23.01", "87032301",
    "8703", "87", "8703230110", "870323011012", "........", "\uff18\uff17", "KOR", "kor", "USA", "XXX", "EU", "KOR,MEX", "*",
    "2025-12-05", "2025-13-01", "0001-01-01", "9999-12-31", "10000-01-01", "2025-02-30", "today", "2025-1-1", "20251205",
    "2025-12-05T00:00", "korus", "usmca", "none", "steel=0.3", "steel=nan", "steel=inf", "steel=2", "steel=-1", "us=", "=",
    "=1", "a=b=c", "claim=korus", "approved=maybe", "approved=true", "origin=KOR", "hts=1", "..", "../..", "/", "/dev/null",
    "/proc/self/mem", "/nonexistent/x", "x" * 300, "x" * 5000, "한국", "\u202e", "\x1b[2J", "a\nb", "\udc80", "*.yaml",
    "none.yaml", "..yaml", ".yaml", "x.csv", "x.parquet", "x.xlsx", "in.csv", "given.yaml", "folder", "folder/x.csv", "done",
    "sheet", "sheet.yaml", "tcp://127.0.0.1:9", "dask://local?", "http://x", "full", "brief", "en", "ko", "de", "claimed",
    "weighted", "icio", "wiod", "hts", "2026_rev_11", "bargain", "formula", "a-1", "a", "cars", "trucks", "--json", "--help",
    "-o", "--out", "--", "%s", "{0}", "$(ls)", "`ls`", "';--", "<script>",
]  # fmt: skip
GOOD = {
    "run": ["tariff", "--out", "out", "--draws", "0"],
    "compare": ["tariff", "--draws", "0", "--out", "out"],
    "market": ["tariff", "--market", "cars", "--draws", "2"],
    "rate": ["8703.23.01", "--origin", "KOR", "--on", "2025-12-05", "--claim", "korus"],
    "rates": ["in.csv", "-o", "out.csv"],
    "panel": ["--on", "2025-12-05", "-o", "out.parquet"],
    "explain": ["done", "duty:car/mexico"],
    "verify": ["empty"],
    "bench": ["--answers", "answers.csv"],
    "timing": ["car/mexico", "--from", "2025-03-01", "--until", "2025-06-01"],
    "sweep": ["grid", "-o", "out", "--workers", "1"],
    "report": ["done", "--out", "out"],
    "solve": ["given.yaml", "--draws", "0"],
    "estimate": ["given.yaml"],
    "deal": ["bargain", "--draws", "0"],
    "conflicts": ["a", "--draws", "0"],
    "new": ["product", "heater", "-o", "out.yaml"],
    "data": ["get", "icio", "--year", "2022", "--file", "in.csv"],
    "check": ["given.yaml"],
}
TEXT = st.text(st.characters(exclude_characters="\0"), max_size=8)
"""No system hands a NUL over in an argument."""
HEAVY = {"run", "compare", "report", "check", "deal", "conflicts"}
"""Commands that work for long where they end well; asked less often."""
LIGHT = sorted(set(GOOD) - HEAVY)
OWN = {
    "folder/mine.txt": "mine",
    "in.csv": "hts,origin,on\n87032301,KOR,2025-12-05\n",
    "answers.csv": "case_id,component,amount_usd\nx,y,1\n",
    "given.yaml": "id: x\n",
}
"""Files of the user's in the working folder."""
OPTIONS = {
    name: [option for parameter in command.params for option in parameter.opts if option.startswith("-")]
    for name, command in cli.main.commands.items()
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A working folder with a world, a finished report and files that commands read."""
    root = tiny.write(tmp_path_factory.mktemp("data"))
    build.build(root)
    folder = tmp_path_factory.mktemp("work")
    world = ex.load(root)
    ex.report(ex.run(world, "tariff", draws=2, by_sector=False), folder / "done")
    (folder / "empty").mkdir()
    _sweep_away(folder, seen_in(folder))
    return root, folder


@st.composite
def calls(draw):
    """A command with near-valid arguments: some of them changed, dropped, doubled or made up."""
    name = draw(st.sampled_from(LIGHT * 3 + sorted(HEAVY)))
    words = list(GOOD[name])
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 2]))):
        at = draw(st.integers(0, max(len(words) - 1, 0)))
        word = draw(st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), TEXT))
        kind = draw(st.sampled_from(["change", "change", "change", "drop", "add", "option"]))
        if kind == "change" and words:
            words[at] = word
        elif kind == "drop" and words:
            del words[at]
        elif kind == "add":
            words.insert(at, word)
        elif OPTIONS[name]:
            words += [draw(st.sampled_from(sorted(OPTIONS[name]))), word]
    return name, words


def seen_in(folder):
    """Every file below a folder with its size."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith("done/")
    }


def test_every_command_with_hostile_words(place, monkeypatch):
    root, folder = place
    monkeypatch.setenv(VARIABLE, str(root))
    monkeypatch.chdir(folder)
    raw = seen_in(root / "raw")
    kept = seen_in(folder)
    codes = {}

    @settings(max_examples=CALLS, **SURE)
    @given(calls())
    def ask(made):
        name, words = made
        done = CliRunner().invoke(cli.main, [name, *words])
        codes[done.exit_code] = codes.get(done.exit_code, 0) + 1
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code in (0, 1, 2), (done.exit_code, done.output)
        assert "Traceback" not in done.output
        now = seen_in(folder)
        assert not [path for path in now if ".tmp" in path or path.endswith(".part")]
        # A file of the user's changes where the user names it as output, and nowhere else.
        changed = {path for path, size in kept.items() if now.get(path) != size}
        assert changed <= set(words) and (done.exit_code == 0 or not changed)
        if done.exit_code == 2:
            assert done.stderr.strip(), "nothing is said"
            assert set(now) == set(kept), set(now) - set(kept)
        assert seen_in(root / "raw") == raw
        with contextlib.suppress(OSError):
            _sweep_away(folder, kept)

    ask()
    print(f"\n{sum(codes.values()):,} calls, by exit code: {codes}")
    assert sum(codes.values()) >= CALLS
    assert codes[2] > CALLS / 2 > codes[0] > 0


def _sweep_away(folder, kept):
    for name in set(seen_in(folder)) - set(kept):
        (folder / name).unlink()
    for name, content in OWN.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and path.name not in ("done", "tables", "folder", "empty"):
            path.rmdir()
