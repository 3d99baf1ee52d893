"""A drawing of plain SVG: real text, few bytes, the same bytes every time, for HTML and PDF.

matplotlib draws a picture in a third of a second and writes letters as outlines; a report of
twenty pictures must be made in two seconds, read aloud, and turn dark with its page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

import numpy as np

from exposure.reports.words import harmless

INK, SOFT, LINE, PAPER = "#1c2430", "#5b6675", "#d9dee5", "#ffffff"
"""Colours that the page's style sheet exchanges on dark paper; all others stay as they are."""
FONT = "Pretendard JP, Inter, system-ui, Segoe UI, Helvetica, Arial, sans-serif"
WIDTH = 680.0
"""Width of every picture [px]: the text block of the PDF at 72 dots an inch is 482."""
NARROW, WIDE = 0.55, 1.0
"""Mean width of a letter, and of a Korean or Japanese one, in parts of the size."""
HATCH = "hatch"


class Canvas:
    """A picture in the making; all lengths are pixels, y grows downwards."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []
        self._hatched = False

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *,
        stroke: str = "", hatch: bool = False, radius: float = 0.0, tip: str = "",
    ) -> None:  # fmt: skip
        """A rectangle; a negative width or height reaches to the left or upwards."""
        left, top = min(x, x + width), min(y, y + height)
        shape = f'x="{_n(left)}" y="{_n(top)}" width="{_n(abs(width))}" height="{_n(abs(height))}"'
        if radius:
            shape += f' rx="{_n(radius)}"'
        self._shape("rect", shape, fill, stroke, hatch=hatch, tip=tip)

    def path(
        self, d: str, fill: str = "none", *, stroke: str = "", width: float = 1.0,
        opacity: float = 1.0, dash: str = "", hatch: bool = False, tip: str = "",
    ) -> None:  # fmt: skip
        """A path; ``d`` is made by `move`, `curve` and their kin or by hand."""
        shape = f'd="{d}"' + (f' stroke-width="{_n(width)}"' if stroke else "")
        shape += f' opacity="{_n(opacity)}"' if opacity < 1 else ""
        shape += f' stroke-dasharray="{dash}"' if dash else ""
        self._shape("path", shape, fill, stroke, hatch=hatch, tip=tip)

    def line(
        self, x: float, y: float, to_x: float, to_y: float, stroke: str = LINE, *,
        width: float = 1.0, dash: str = "",
    ) -> None:  # fmt: skip
        """A straight line."""
        self._parts.append(
            f'<line x1="{_n(x)}" y1="{_n(y)}" x2="{_n(to_x)}" y2="{_n(to_y)}" '
            f'stroke="{stroke}" stroke-width="{_n(width)}"'
            + (f' stroke-dasharray="{dash}"' if dash else "")
            + "/>"
        )

    def circle(
        self, x: float, y: float, r: float, fill: str, *, stroke: str = "", tip: str = ""
    ) -> None:
        """A circle."""
        self._shape("circle", f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}"', fill, stroke, tip=tip)

    def text(
        self, x: float, y: float, text: str, *, size: float = 11.0, anchor: str = "start",
        fill: str = INK, bold: bool = False, halo: bool = False, turn: float = 0.0,
        tick: bool = False,
    ) -> None:  # fmt: skip
        """A line of text whose middle stands at ``y``; ``anchor`` is start, middle or end.

        With ``halo`` it has a rim of paper, to be read over lines. A ``tick`` is a number of a
        scale, which no cell stands behind.
        """
        shape = f'x="{_n(x)}" y="{_n(y + 0.35 * size)}" font-size="{_n(size)}" fill="{fill}"'
        shape += f' text-anchor="{anchor}"' if anchor != "start" else ""
        shape += ' font-weight="600"' if bold else ""
        shape += f' transform="rotate({_n(turn)} {_n(x)} {_n(y)})"' if turn else ""
        if halo:
            shape += (
                f' stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
            )
        if tick:
            shape += ' class="tick"'
        self._parts.append(f"<text {shape}>{escape(harmless(text), quote=False)}</text>")

    @contextmanager
    def group(self, tip: str = "", **data: str) -> Iterator[None]:
        """Shapes that belong together: one tip, and ``data-`` marks for the page's script."""
        marks = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
        self._parts.append(f"<g{_tip(tip)}{marks}>")
        yield
        self._parts.append("</g>")

    def _shape(
        self, name: str, shape: str, fill: str, stroke: str, *, hatch: bool = False, tip: str = ""
    ) -> None:
        edge = f' stroke="{stroke}"' if stroke else ""
        self._parts.append(f'<{name} {shape} fill="{fill}"{edge}{_tip(tip)}/>')
        if hatch:
            # Stripes are the second cue beside the colour.
            self._hatched = True
            self._parts.append(f'<{name} {shape} fill="url(#{HATCH})"/>')

    def svg(self) -> str:
        """The picture as SVG text."""
        stripes = (
            f'<defs><pattern id="{HATCH}" width="6" height="6" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect width="2" height="6" fill="#ffffff" '
            'fill-opacity="0.75"/></pattern></defs>'
            if self._hatched
            else ""
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)} '
            f'{_n(self.height)}" font-family="{FONT}">{stripes}{"".join(self._parts)}</svg>'
        )


class Scale:
    """Values of an axis to pixels.

    ``domain`` is widened to hold round ticks if ``nice``; an empty one becomes one unit wide.
    """

    def __init__(
        self, domain: tuple[float, float], pixels: tuple[float, float], count: int = 5
    ) -> None:
        low, high = domain
        if not high > low:
            high = low + 1.0
        self.step = _round_step((high - low) / count)
        self.low, self.high = low, high
        self.pixels = pixels

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        start, end = self.pixels
        return start + (value - self.low) / (self.high - self.low) * (end - start)

    @property
    def ticks(self) -> list[float]:
        """Round values within the domain."""
        first = np.ceil(self.low / self.step - 1e-9)
        last = np.floor(self.high / self.step + 1e-9)
        return [float(k * self.step) for k in np.arange(first, last + 1)]


def axis(
    canvas: Canvas, scale: Scale, top: float, bottom: float, title: str, *, grid: bool = True
) -> None:
    """A horizontal axis: grid from ``top`` to ``bottom``, numbers and title below."""
    for value in scale.ticks:
        x = scale(value)
        if grid:
            canvas.line(x, top, x, bottom)
        canvas.text(x, bottom + 11, tick(value, scale.step), size=10, anchor="middle", fill=SOFT,
                    tick=True)  # fmt: skip
    middle = (scale.pixels[0] + scale.pixels[1]) / 2
    canvas.text(middle, bottom + 27, title, size=10.5, anchor="middle", fill=SOFT)


def whiskers(canvas: Canvas, low: float, y: float, high: float, *, caps: bool = True) -> None:
    """A range from ``low`` to ``high`` [px] across a bar; nothing where there were no draws."""
    if np.isnan(low) or np.isnan(high):
        return
    canvas.line(low, y, high, y, INK, width=1.2)
    for x in (low, high) if caps else ():
        canvas.line(x, y - 3, x, y + 3, INK, width=1.2)


def reaching(ends: Sequence[float]) -> tuple[float, float]:
    """The least and the largest of the known numbers, 0 among them.

    Examples
    --------
    >>> reaching([2.0, float("nan"), 3.0])
    (0.0, 3.0)
    """
    known = [end for end in ends if not np.isnan(end)]
    return min(0.0, *known, 0.0), max(0.0, *known, 0.0)


def legend(
    canvas: Canvas, x: float, y: float, entries: Sequence[tuple[str, str]], *, hatched: str = ""
) -> None:
    """Squares with their names in a row; the one named ``hatched`` has stripes."""
    for colour, name in entries:
        canvas.rect(x, y - 5, 10, 10, colour, hatch=name == hatched)
        canvas.text(x + 15, y, name, size=10.5)
        x += 15 + text_width(name, 10.5) + 18


def tick(value: float, step: float) -> str:
    """A tick's label with as many places as its step needs."""
    places = max(0, int(np.ceil(-np.log10(step) - 1e-9)))
    # A step of 2.5 has one place more than its size says.
    places += not np.isclose(round(step, places), step, rtol=1e-9, atol=0.0)
    text = f"{value:,.{places}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(value) else "0"


def text_width(text: str, size: float) -> float:
    """About how wide a text is [px]."""
    return size * sum(WIDE if _wide(letter) else NARROW for letter in text)


def _wide(letter: str) -> bool:
    """Whether a letter is Korean, Chinese or Japanese; an empty text is none."""
    return letter > "\u2e80"


def wrapped(text: str, size: float, width: float, lines: int = 3) -> list[str]:
    """Text in at most ``lines`` lines of ``width`` pixels; what does not fit ends in a dot-dot-dot.

    Lines break at spaces; Korean and Japanese also inside a word that is wider than a line.
    """
    made, line = [], ""
    for word in text.split(" "):
        for piece in _parted(word, size, width):
            longer = f"{line} {piece}" if line else piece
            if line and text_width(longer, size) > width:
                made.append(line)
                line = piece
            else:
                line = longer
    made.append(line)
    if len(made) > lines:
        made = [*made[: lines - 1], f"{made[lines - 1]} …"]
    return [clipped(line, size, width) for line in made]


def _parted(word: str, size: float, width: float) -> list[str]:
    """A word in parts as wide as a line at most, where its letters may be parted."""
    parts = [""]
    for letter in word:
        near = (parts[-1][-1:], letter)
        full = text_width(parts[-1] + letter, size) > width
        if full and any(map(_wide, near)):
            parts.append(letter)
        else:
            parts[-1] += letter
    return parts


def clipped(text: str, size: float, width: float) -> str:
    """Text cut to a width, with a dot-dot-dot where it was cut."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _tip(tip: str) -> str:
    return f' data-tip="{escape(harmless(tip))}"' if tip else ""


def _n(value: float) -> str:
    """A coordinate with two places at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _round_step(rough: float) -> float:
    """The next larger of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(rough))
    for times in (1.0, 2.0, 2.5, 5.0):
        if rough <= times * power * (1 + 1e-9):
            return float(times * power)
    return float(10.0 * power)
