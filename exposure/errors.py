"""The few kinds of error that exposure raises on purpose.

Every message is one line: what is wrong, where (file, row or field) and what is allowed.
The command line prints these lines and leaves with code 2; nothing else is caught there.
"""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_LINE = 1000
"""Letters of a message; what is given may be of any length."""


class ExposureError(Exception):
    """A problem that the user can mend.

    Parameters
    ----------
    what
        What is wrong, in a few words.
    where
        File, row or field in which it stands; empty if it has no place.
    mend
        What is allowed, or what to do; empty if the first part says it.
    """

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the one line that a person reads."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        return visible(f"{line} ({self.mend})" if self.mend else line)


class DataError(ExposureError):
    """A fact, a rule or a parameter file is not well formed."""


class CircleError(DataError):
    """Actions displace one another in a circle, so that none is above the others."""


class QueryError(ExposureError):
    """A question names something that is not known: a line, a country, a date, a product."""


class Problems(ExposureError):
    """Several problems at once, so that a user mends them in one go.

    Parameters
    ----------
    problems
        At least one error; their order is kept.
    """

    def __init__(self, problems: Iterable[ExposureError]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __str__(self) -> str:
        """Return the lines of all problems."""
        return self.what


def visible(line: str) -> str:
    r"""A line of text without letters that end it, move the cursor or cannot be printed.

    >>> visible("a\nb\x1b[2J")
    'a\\nb\\x1b[2J'
    """
    if len(line) > LONGEST_LINE:
        line = f"{line[: LONGEST_LINE // 2]} ... {line[-LONGEST_LINE // 2 :]}"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in line
    )
