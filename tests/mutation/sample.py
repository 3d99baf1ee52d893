"""A sample of mutants of the kernels, and what the tests say of them.

    python -m tests.mutation.sample --count 304 --seed 1 --workers 1
    python -m tests.mutation.sample --again      # those that survived, after a new test
    python -m tests.mutation.sample --page       # docs/mutation.md from the last run

Mutants are drawn module by module, in proportion to lines of code. Each runs against the tests that
reach the changed function, cheapest first; one that survives the quick ones runs against the rest.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import tempfile
import time
from itertools import accumulate, islice
from pathlib import Path

from tests.mutation import runner
from tests.mutation.operators import code_lines, mutants

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
RESULT, EQUIVALENT, SURVIVORS = (HERE / f"{n}.csv" for n in ("result", "equivalent", "survivors"))
PAGE = ROOT / "docs/mutation.md"
KERNELS = {
    "law": ("stack", "base", "scope", "select", "state", "column1", "origin", "lines", "codes",
            "timeline", "rates", "panel", "spans"),
    "routes": ("graph", "landed", "trace", "choice"),
    "economy": ("absorb", "border_tax", "closure", "covariance", "deals", "demand", "derived",
                "design", "diagnose", "embodied", "estimate", "gsim", "incidence", "jobs",
                "one_importer", "panel_fit", "protection", "quota", "relocation", "sectors",
                "smart", "sourcing", "stock", "verdict"),
}  # fmt: skip
TESTS = ("textbook", "properties", "law", "routes", "economy")
"""Folders of tests that are asked, with the doctests of the modules themselves."""
FILE_SECONDS = 30
"""Tests of a file that begin later than this, of processor time, are not asked."""
QUICK, LONG = 4.0, 60.0
"""What the quick list and the longer one may cost on the unchanged source [s]."""
COLUMNS = ("module", "line", "operator", "before", "after", "fate", "by")
KEY = ("module", "operator", "before", "after")


def modules():
    return [f"{room}/{name}" for room, names in KERNELS.items() for name in names]


def source(module):
    return (ROOT / "exposure" / f"{module}.py").read_text(encoding="utf-8")


def quotas(sizes, count):
    """How many each gets of ``count``, in proportion to its size: largest remainders, 1 at least."""
    whole = sum(sizes.values())
    exact = {name: count * size / whole for name, size in sizes.items()}
    given = {name: max(1, int(share)) for name, share in exact.items()}
    for name in sorted(exact, key=lambda n: (given[n] - exact[n], n)):
        if sum(given.values()) < count:
            given[name] += 1
    while sum(given.values()) > max(count, len(given)):
        given[max(given, key=lambda n: given[n])] -= 1
    return given


def draw(count, seed):
    """The sample, module after module; the same seed and source give the same mutants."""
    share = quotas({name: code_lines(source(name)) for name in modules()}, count)
    drawn = []
    for name, wanted in share.items():
        found = mutants(name, source(name), random.Random(f"{seed} {name}"))
        drawn += islice(found, wanted)
    return drawn


def reach(folder):
    """Tests that pass, by name: what they cost and which functions they reach."""
    here = Path.cwd()
    files = [f"exposure/{name}.py" for name in modules() if ">>>" in source(name)]
    for name in TESTS:
        found = sorted((here / "tests" / name).glob("test_*.py"))
        files += [path.relative_to(here).as_posix() for path in found]
    common = _digest([*here.glob("exposure/**/*.py"), *here.glob("tests/*.py")])
    store = folder / "reach.json"
    old = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
    made = {}
    for name in files:
        mark = common + _digest([here / name])
        if old.get(name, {}).get("mark") != mark:
            start = time.monotonic()
            tests = runner.watch(here, name, FILE_SECONDS)
            old[name] = {"mark": mark, "tests": tests}
            store.write_text(json.dumps(old), encoding="utf-8")
            print(f"{name}: {len(tests)} tests, {time.monotonic() - start:.0f} s", flush=True)
        made |= old[name]["tests"]
    return made


def _digest(paths):
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.read_bytes())
    return found.hexdigest()


def chosen(tests, mutant):
    """Tests that reach what is changed: a quick list and a longer one, cheapest first."""
    spot = f"{mutant.module}:{mutant.owner}"
    whole = mutant.owner == "<module>"
    files = {}
    for name, test in tests.items():
        if any(f == spot or (whole and f.startswith(f"{mutant.module}:")) for f in test["reach"]):
            files.setdefault(name.split("::")[0], []).append(name)
    quick, long, spent, begun = [], [], 0.0, set()
    setup = {file: max(tests[n]["setup"] for n in names) for file, names in files.items()}
    order = []
    for file, names in files.items():
        # By what the file has cost by then, so that one of many tests leaves room for others.
        names.sort(key=lambda name: (tests[name]["call"], name))
        costs = accumulate(tests[name]["call"] for name in names)
        order += [(setup[file] + cost, file, name) for cost, name in zip(costs, names, strict=True)]
    for _, file, name in sorted(order):
        spent += tests[name]["call"] + (0.0 if file in begun else setup[file])
        begun.add(file)
        if spent <= LONG:
            (quick if spent <= QUICK else long).append(name)
    return _by_file(quick), _by_file(long)


def _by_file(names):
    """The same with tests of a file side by side, so that what they share is made once."""
    first = {}
    for place, name in enumerate(names):
        first.setdefault(name.split("::")[0], place)
    return sorted(names, key=lambda name: first[name.split("::")[0]])


def fate(folder, tests, mutant):
    """``killed`` by a test of the quick list, ``killed later`` by another, or ``survived``."""
    quick, long = chosen(tests, mutant)
    for names, word in ((quick, "killed"), (long, "killed later")):
        if names:
            cost = sum(tests[name]["call"] + tests[name]["setup"] for name in names)
            by = runner.judge(folder, mutant, names, 20 + 4 * min(cost, LONG))
            if by:
                return word, by
    return "survived", "" if quick or long else "(no test reaches it)"


def table(path, columns):
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames) == columns, f"{path.name}: columns {reader.fieldnames}"
        return list(reader)


def equivalent():
    """Reasons why a mutant does what the source does, by `KEY`."""
    return _words(EQUIVALENT, "reason")


def survivors():
    """What a mutant that survived would change, by `KEY`."""
    return _words(SURVIVORS, "change")


def _words(path, column):
    return {tuple(row[name] for name in KEY): row[column] for row in table(path, (*KEY, column))}


def counts(rows, reasons):
    """Numbers of a group of rows: all, killed at once, later, equivalent, survived."""
    same = [row for row in rows if tuple(row[name] for name in KEY) in reasons]
    words = [row["fate"] for row in rows if row not in same]
    return (len(rows), *(words.count(w) for w in ("killed", "killed later")), len(same),
            words.count("survived"))  # fmt: skip


def rate(numbers):
    """Share killed of those that are not equivalent, per cent."""
    whole, quick, later, same, _ = numbers
    return 100 * (quick + later) / (whole - same) if whole > same else 100.0


def page(rows, reasons, words):
    """Text of docs/mutation.md."""
    whole = counts(rows, reasons)
    timeouts = sum(row["by"] == "timeout" for row in rows)
    lines = [
        "# What the tests notice: a sample of mutants",
        "",
        "Made by `python -m tests.mutation.sample --page` from the last run, "
        "`tests/mutation/result.csv`; do not edit.",
        "",
        "A mutant is a module with one small change: `<` for `<=`, a sign, a constant, an axis, a "
        "term or a statement left out. Tests that fail on it kill it. One that no test notices "
        "survives: it shows what no test says.",
        "",
        f"Drawn: {whole[0]} mutants of {len({row['module'] for row in rows})} modules of the law, "
        f"routes and economy. Killed: **{whole[1] + whole[2]}, {rate(whole):.1f} %** of those that "
        f"are not equivalent ({timeouts} of them by a time limit). Equivalent: {whole[3]}. "
        f"Survived: {whole[4]}.",
        "",
        "## How to run it",
        "",
        "```sh",
        "python -m tests.mutation.sample --count 304 --seed 1 --workers 1",
        "python -m tests.mutation.sample --again   # what survived, after a new test",
        "python -m tests.mutation.sample --page    # this page",
        "```",
        "",
        "Modules have mutants in proportion to their lines of code, one at least; the seed and the "
        "source decide which. Messages, types, docstrings and what only prints are left alone. "
        "A run first finds which tests reach which function. A mutant then meets the tests that "
        "reach its function, cheapest first, up to a limit of time; what survives the quick ones "
        "meets the rest, up to another limit. The rows are those of one full run; what survived it "
        "ran again, with `--again`, after tests were added. Tests are those of "
        + ", ".join(f"`tests/{name}`" for name in TESTS)
        + " and the examples in docstrings. Everything runs in a copy; nothing of the checkout "
        "changes but the result.",
        "",
        "## By module",
        "",
        "| module | mutants | killed by quick tests | killed by the rest | equivalent | survived "
        "| killed, % |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *_lines(rows, reasons, "module"),
        _line("**all**", whole),
        "",
        "## By kind of change",
        "",
        "| change | mutants | killed by quick tests | killed by the rest | equivalent | survived "
        "| killed, % |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *_lines(rows, reasons, "operator"),
        "",
        "## Survivors",
        "",
    ]
    left, same = [], []
    for row in rows:
        reason = reasons.get(tuple(row[name] for name in KEY))
        head = f"* `{row['module']}`, line {row['line']}, {row['operator']}"
        change = ["", "  ```diff", f"  - {row['before']}", f"  + {row['after']}", "  ```"]
        if reason:
            same += [f"{head}: {reason}", *change]
        elif row["fate"] == "survived":
            said = words.get(tuple(row[name] for name in KEY)) or row["by"] or "not looked into"
            left += [f"{head}: {said}", *change]
    lines += left or ["None."]
    lines += ["", "## Equivalent", "", "They give what the source gives, for the reason named.", ""]
    lines += same or ["None."]
    return "\n".join(lines) + "\n"


def _lines(rows, reasons, column):
    groups = dict.fromkeys(row[column] for row in rows)
    return [_line(n, counts([r for r in rows if r[column] == n], reasons)) for n in groups]


def _line(name, numbers):
    return f"| {name} | {' | '.join(map(str, numbers))} | {rate(numbers):.0f} |"


def run(drawn, folder, keep=False):
    """Rows of the result, in the order drawn."""
    runner.prepare(folder / "copy")
    tests = reach(folder)
    assert tests, "no test passes on the unchanged source"
    print(f"{len(tests)} tests, {len(drawn)} mutants", flush=True)
    rows, begun = [], time.monotonic()
    store = folder / "rows.json"
    old = json.loads(store.read_text(encoding="utf-8")) if keep and store.exists() else []
    dead = {tuple(row[name] for name in KEY): row for row in old if row["fate"] != "survived"}
    for number, mutant in enumerate(drawn, 1):
        start = time.monotonic()
        if row := dead.get(tuple(getattr(mutant, name) for name in KEY)):
            rows.append(row | {"line": mutant.line})
            continue
        word, by = fate(Path.cwd(), tests, mutant)
        row = [getattr(mutant, name) for name in COLUMNS[:5]]
        rows.append(dict(zip(COLUMNS, [*row, word, by], strict=True)))
        took = time.monotonic() - start
        print(f"{number} {took:.1f}s {mutant.module}:{mutant.line} {word} {by}", flush=True)
        if word == "survived":
            print(f"    {mutant.before}\n    {mutant.after}", flush=True)
        store.write_text(json.dumps(rows), encoding="utf-8")
    print(f"{(time.monotonic() - begun) / max(1, len(drawn)):.2f} s a mutant", flush=True)
    return rows


def shared(drawn, folder, workers, keep=False):
    """Rows of the result from several warm processes, each with its own copy."""
    if workers == 1:
        return run(drawn, folder, keep)
    children = []
    for worker in range(workers):
        place = folder / str(worker)
        place.mkdir(exist_ok=True)
        child = os.fork()
        if child == 0:
            run(drawn[worker::workers], place, keep)
            os._exit(0)
        children.append((child, place))
    rows = [None] * len(drawn)
    for worker, (child, place) in enumerate(children):
        _, status = os.waitpid(child, 0)
        assert status == 0, f"worker {worker} ended with {status}"
        rows[worker::workers] = json.loads((place / "rows.json").read_text(encoding="utf-8"))
    return rows


def again(rows, folder, workers, drawn):
    """The last result with what survived judged anew; ``drawn`` finds the sources."""
    left = {tuple(row[name] for name in KEY) for row in rows if row["fate"] == "survived"}
    left -= set(equivalent())
    anew = [mutant for mutant in drawn if tuple(getattr(mutant, name) for name in KEY) in left]
    made = {tuple(row[name] for name in KEY): row for row in shared(anew, folder, workers)}
    return [made.get(tuple(row[name] for name in KEY), row) for row in rows]


def write(rows):
    with RESULT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=304)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where copies stand; kept for the next run")
    parser.add_argument("--keep", action="store_true", help="go on with a run in the folder")
    parser.add_argument("--again", action="store_true", help="only what survived the last run")
    parser.add_argument("--page", action="store_true", help="only write docs/mutation.md")
    given = parser.parse_args()
    if given.page:
        PAGE.write_text(page(table(RESULT, COLUMNS), equivalent(), survivors()), encoding="utf-8")
        return
    os.nice(15)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="mutation-"))
    folder.mkdir(parents=True, exist_ok=True)
    drawn = draw(given.count, given.seed)
    if given.again:
        rows = again(table(RESULT, COLUMNS), folder.resolve(), given.workers, drawn)
    else:
        rows = shared(drawn, folder.resolve(), given.workers, given.keep)
    write(rows)


if __name__ == "__main__":
    main()
