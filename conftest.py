"""Which tests begin first, and what the examples of docstrings find under a name.

``ex`` is the package; ``world`` the shipped data; ``small`` a world of one invented car, for what
takes long on the whole tariff, and ``made`` a run on it; ``folder`` an empty folder.
"""

import gc
import re

import pytest

# The heap of a world is large and holds little garbage: it is searched seldom.
gc.set_threshold(200_000, 20, 100)

LONGEST = (
    "tests/docs/test_pages.py",
    "tests/test_shipped.py",
    "tests/validate/test_verify.py",
    "tests/validate/test_backtest.py",
    "tests/model/test_deals.py",
    "tests/law/test_panel.py",
    "tests/sweeps/test_engine.py",
    "tests/reports/test_sweep_report.py",
    "tests/sweeps/test_solve.py",
    "tests/bad_inputs/test_law.py",
)
"""Files of tests that take longest begin first: no worker is left with one at the end."""


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


@pytest.fixture(scope="session")
def example_world():
    import exposure as ex

    return ex.load()


@pytest.fixture(scope="session")
def example_small(tmp_path_factory):
    import exposure as ex
    from tests.tiny import PACT, RELIEF
    from tests.validate.test_backtest import write

    root = write(tmp_path_factory.mktemp("small"))
    tariff = root / "raw" / "scenarios" / "tariff.yaml"
    relief = tariff.read_text(encoding="utf-8").replace("id: tariff", "id: relief")
    tariff.with_name("relief.yaml").write_text(relief + RELIEF, encoding="utf-8")
    (root / "raw" / "deals").mkdir()
    (root / "raw" / "deals" / "pact.yaml").write_text(PACT, encoding="utf-8")
    return ex.load(root)


@pytest.fixture(scope="session")
def example_made(example_small):
    import exposure as ex

    return ex.run(example_small, "tariff", draws=0, by_quarter=False, by_sector=False)


NAMES = {
    "world": "example_world",
    "small": "example_small",
    "made": "example_made",
    "folder": "tmp_path",
}


@pytest.fixture(autouse=True)
def names_of_examples(request):
    """Put into an example only what it names: others do not wait for a world."""
    if not isinstance(request.node, pytest.DoctestItem):
        return
    import exposure as ex

    found = request.getfixturevalue("doctest_namespace")
    found["ex"] = ex
    source = "".join(example.source for example in request.node.dtest.examples)
    for name, fixture in NAMES.items():
        if re.search(rf"\b{name}\b", source):
            found[name] = request.getfixturevalue(fixture)
