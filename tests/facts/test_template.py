"""The product file to begin with: its name, and nothing written where that is none."""

import pytest

from exposure.errors import QueryError
from exposure.facts.template import PRODUCT, write_product


def test_the_template_is_written_under_its_name(tmp_path):
    path = write_product("heater-2", tmp_path / "deep" / "h.yaml")
    text = path.read_text(encoding="utf-8")
    assert "id: heater-2\n" in text and "@" not in text
    assert text == PRODUCT.replace("@ID@", "heater-2")


@pytest.mark.parametrize("name", ["", "Heater", "-a", "a b", "a/b", "ä", "a\n"])
def test_a_name_that_is_no_id_writes_nothing(tmp_path, name):
    with pytest.raises(QueryError) as caught:
        write_product(name, tmp_path / "h.yaml")
    said = f"name {name!r} (lower-case letters, digits, '-' and '_')"
    assert str(caught.value) == said
    assert list(tmp_path.iterdir()) == []
