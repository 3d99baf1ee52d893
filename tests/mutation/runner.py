"""Runs tests on changed sources: one warm process, one fork of it a mutant.

The warm process has loaded the libraries and the shipped tables, but none of the modules that are
changed. It works in a copy of the project; the project itself is never written to.
"""

import gc
import json
import os
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("exposure", "tests", "data", "docs", "bench", "pyproject.toml", "README.md")
OFTEN = ("numpy", "pandas", "scipy.sparse.csgraph", "scipy.optimize", "scipy.stats", "networkx",
         "statsmodels.api", "pyarrow.parquet", "pandera.pandas", "pydantic", "yaml", "hypothesis",
         "hypothesis.strategies", "doctest", "jinja2", "click.testing")  # fmt: skip
ROOMS = ("law", "routes", "economy")
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin",
           "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
MEMORY = 8 << 30


def prepare(folder):
    """Make the copy and warm this process in it."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("*.pyc", ".hypothesis", ".pytest_cache")
            shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    os.environ["PYTHONPATH"] = str(folder)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # Loading them costs more than most tests.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.chdir(folder)
    sys.path[:] = [str(folder), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
    for name in [n for n in sys.modules if n.split(".")[0] in ("tests", "exposure")]:
        del sys.modules[name]
    for name in OFTEN:
        __import__(name)
    _keep_worlds(folder)
    _calm_hypothesis()
    changed = [n for n in sys.modules if n.startswith(tuple(f"exposure.{r}" for r in ROOMS))]
    assert not changed, f"loaded before they are changed: {changed}"
    gc.freeze()


def _keep_worlds(folder):
    """Read the shipped data and the tiny ones once; every fork makes its own World of them."""
    from exposure.facts import world
    from tests import tiny

    read = world.load
    kept = {made.fingerprint: made for made in (read(), read(tiny.write(folder.parent / "tiny")))}

    def load(data=None, *, anew=False):
        root = world.data_root(data)
        made = None if anew else kept.get(world.raw_fingerprint(root))
        if made is None:
            return read(data, anew=anew)
        return world.World(made.tables, made.fingerprint, root)

    world.load = load


def _calm_hypothesis():
    """Same examples each time, none kept, none made smaller; a slow machine kills nothing."""
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutation", derandomize=True, database=None, deadline=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    settings.load_profile("mutation")


class Watch:
    """Pytest plugin: which functions each test of some files reaches, and what it costs."""

    def __init__(self, folder, seconds):
        self.end = time.process_time() + seconds
        self.rooms = tuple(str(folder / "exposure" / room) for room in ROOMS)
        self.folder, self.tests, self.seen = folder, {}, set()

    def _trace(self, frame, event, arg):
        self.seen.add(frame.f_code)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.tests[item.nodeid] = {"good": True, "setup": 0.0, "call": 0.0, "reach": {}}
        if time.process_time() > self.end:
            item.session.shouldstop = "enough"
        return (yield)

    def _phase(self, item, name):
        before, self.seen = self.seen, set()
        start = time.process_time()
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            test = self.tests[item.nodeid]
            test[name] = time.process_time() - start
            test["reach"][name] = sorted(self._names())
            self.seen = before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item):
        return (yield from self._phase(item, "setup"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        return (yield from self._phase(item, "call"))

    def pytest_runtest_logreport(self, report):
        if report.outcome != "passed":
            self.tests[report.nodeid]["good"] = False

    def _names(self):
        for code in self.seen:
            if code.co_filename.startswith(self.rooms):
                module = Path(code.co_filename).relative_to(self.folder / "exposure")
                yield f"{module.with_suffix('')}:{code.co_qualname.split('.<locals>')[0]}"


class Chosen:
    """Pytest plugin: runs some tests of the files, in a given order, and notes the first to fail."""

    def __init__(self, names):
        self.place = {name: place for place, name in enumerate(names)}
        self.passed, self.failed = 0, ""

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if item.nodeid in self.place]
        items.sort(key=lambda item: self.place[item.nodeid])

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed = self.failed or f"{report.nodeid} (import)"

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed = self.failed or report.nodeid
        elif report.when == "call":
            self.passed += 1


def watch(folder, name, seconds):
    """Tests of one file that pass on the unchanged source: what they reach, what they cost.

    Those that begin after so many seconds of processor time are left out.
    """

    def work(report):
        plugin = Watch(folder, seconds)
        pytest.main([*OPTIONS[1:], name], plugins=[plugin])
        # What a shared fixture reaches counts for every test of the file.
        shared = {f for test in plugin.tests.values() for f in test["reach"].get("setup", ())}
        for test in plugin.tests.values():
            test["reach"] = sorted(shared | set(test["reach"].get("call", ())))
        report.write_text(json.dumps(plugin.tests), encoding="utf-8")

    made = _forked(folder, work, 5 * seconds)
    return {k: v for k, v in (made or {}).items() if v.pop("good")}


def judge(folder, mutant, names, seconds):
    """First test that fails on the mutant, ``timeout``, or nothing where all pass."""
    path = folder / "exposure" / f"{mutant.module}.py"
    kept = path.read_bytes()
    _forget(path)
    path.write_text(mutant.source, encoding="utf-8")

    def work(report):
        sys.dont_write_bytecode = True
        plugin = Chosen(names)
        files = list(dict.fromkeys(name.split("::")[0] for name in names))
        pytest.main([*OPTIONS, *files], plugins=[plugin])
        done = {"failed": plugin.failed, "passed": plugin.passed}
        report.write_text(json.dumps(done), encoding="utf-8")

    try:
        made = _forked(folder, work, seconds)
    finally:
        path.write_bytes(kept)
        _forget(path)
    if made is None:
        return "timeout"
    if not made["failed"] and made["passed"] < len(names):
        return "(fewer tests ran)"
    return made["failed"]


def _forget(path):
    for old in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        old.unlink()


def _forked(folder, work, seconds):
    """What ``work`` reports from a fork, or None after so many seconds of processor time."""
    import resource  # Not on every system, nor is fork.

    report = folder / "report.json"
    report.unlink(missing_ok=True)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setpgid(0, 0)
            log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            work(report)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    # The machine may be busy: by the clock it has ten times as long.
    end = time.monotonic() + 10 * seconds + 30
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.01)
    return json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
