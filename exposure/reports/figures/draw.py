"""What all figures share: a canvas with fixed settings, and SVG with the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, cast

from exposure.reports.style import plot_settings


def render(width: float, height: float, paint: Callable[[Any], None]) -> str:
    """SVG text of a figure of ``width`` x ``height`` inches that ``paint`` fills."""
    import matplotlib as mpl

    with mpl.rc_context(cast("Any", plot_settings())):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        paint(figure)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "exposure"})
    text = stream.getvalue()
    return text[text.index("<svg") :]
