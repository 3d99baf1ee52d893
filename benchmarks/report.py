"""Reports: seconds from finished tables to PDF and HTML, and the size of the page.

Usage::

    python benchmarks/report.py

Prints, for a full report of one product and the report of all products, how long each form takes
(the least of three; the first PDF of a process loads its fonts and is told apart), how large the
page is, and whether a second making gives the same bytes. Each beside its limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import exposure as ex
from exposure.model.results import Result
from exposure.reports import html, pdf
from exposure.reports.contents import describe

LARGEST_PAGE, LONGEST_PDF = 1.5e6, 2.0
"""Bytes; seconds from the tables to the finished PDF."""


def timed(work: Callable[[], bytes]) -> tuple[float, bytes]:
    """Seconds, and what was made."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def main() -> None:
    """Measure and print."""
    world = ex.load()
    lines = []
    for name, products in (("one product", ["kia-k4"]), ("all products", [])):
        result = ex.run(world, "law-today", products=products)
        for kind in ("full", "brief"):

            def page(result: Result = result, kind: str = kind) -> bytes:
                report = describe(result.tables, kind)
                return html.render(report, result.tables, result.fingerprints).encode()

            def document(result: Result = result, kind: str = kind) -> bytes:
                return pdf.render(describe(result.tables, kind), result.fingerprints)

            first, made = timed(document)
            again = [timed(document) for _ in range(3)]
            pages = [timed(page) for _ in range(3)]
            same = all(found == made for _, found in again)
            same &= len({found for _, found in pages}) == 1
            print(f"{name}, {kind}: first PDF {first:.2f} s, {len(made):,} bytes; "
                  f"page {min(t for t, _ in pages):.2f} s; same bytes: {same}")  # fmt: skip
            lines.append((f"{name}, {kind}: PDF, s", min(t for t, _ in again), LONGEST_PDF))
            lines.append((f"{name}, {kind}: page, MB", len(pages[0][1]) / 1e6, LARGEST_PAGE / 1e6))
    for what, value, limit in lines:
        print(f"{what:<34} {value:8.2f}   at most {limit:g}   ratio {value / limit:.2f}")


if __name__ == "__main__":
    main()
