"""The tutorial and the how-to pages do what they say, each from scratch."""

from pathlib import Path

import pytest

from tests.docs.perform import Block, Performance, blocks, changed, missing

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]


def test_there_are_pages():
    assert len(PAGES) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page, perform):
    """All of it, but for blocks that are left to the night."""
    code, output = perform(page)
    assert code == 0, output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_run_of_a_page_is_seen(page):
    """No fence is overlooked, and only what takes a minute waits for the night."""
    text = page.read_text(encoding="utf-8")
    found = blocks(text)
    assert 2 * len(found) == sum(line.startswith("```") for line in text.splitlines())
    assert sum(block.kind == "nightly" for block in found) <= 2
    assert any(block.language in {"sh", "python"} and not block.kind for block in found)


def performed(tmp_path, monkeypatch, page):
    monkeypatch.chdir(tmp_path)
    performance = Performance(nightly=False)
    for block in blocks(page):
        performance.perform(block)
    return performance


def test_blocks_are_read_with_their_options():
    page = "a\n\n```{code-block} yaml\n:caption: x.yaml, at the end\n\nid: x\n```\n```sh\nls\n```\n"
    assert blocks(page) == [
        Block("yaml", "x.yaml, at the end", "", "id: x\n", 3),
        Block("sh", "", "", "ls\n", 8),
    ]


def test_a_file_is_written_added_to_and_changed(tmp_path, monkeypatch):
    fence = "```{{code-block}} {}\n:caption: {}\n\n{}\n```\n"
    page = fence.format("text", "a/b.txt", "one\ntwo")
    page += fence.format("text", "a/b.txt, at the end", "three")
    page += fence.format("diff", "a/b.txt", " one\n-two\n+2")
    performed(tmp_path, monkeypatch, page)
    assert (tmp_path / "a/b.txt").read_text() == "one\n2\nthree\n"


@pytest.mark.parametrize("text", ["one\n", "two\ntwo\n", "twofold\n"])
def test_a_diff_must_fit_once(text):
    with pytest.raises(ValueError, match="times"):
        changed(text, "-two\n+2\n")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("```python\nprint(1)\n```\n```text\n2\n```\n", "not in the output"),
        ("```python\nprint('a\\nb')\n```\n```text\nb\na\n```\n", "not in the output"),
        ("```python\nraise SystemExit(2)\n```\n", "exit code 2"),
        ("```sh\npython -c 'raise SystemExit(3)'\n```\n", "exit code 3"),
        ("```yaml\na: 1\n```\n", "proves nothing"),
    ],
)
def test_a_page_that_says_what_is_not_so_fails(tmp_path, monkeypatch, page, said):
    with pytest.raises(AssertionError, match=said):
        performed(tmp_path, monkeypatch, page)


def test_python_is_one_session_and_dots_stand_for_what_is_left_out(tmp_path, monkeypatch):
    page = (
        "```python\na = 5\n```\n```python\nprint('is', a, 'or so')\n```\n```text\nis ... so\n```\n"
    )
    assert performed(tmp_path, monkeypatch, page).done == ["python", "python", "text"]
    assert missing("a\n...\nc", "a\nb\nc") == ""
    assert missing("c\na", "a\nb\nc") == "a"
