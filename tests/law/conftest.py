"""The tiny rulebook, once for all tests that only read it."""

import pytest

import exposure as ex
from exposure.model.compile import law_book
from tests import tiny


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory):
    return law_book(ex.load(tiny.write(tmp_path_factory.mktemp("rules"))))
