"""What tests take: everything at night, and of what repeats itself a part by day.

`make nightly` sets the variable. Each case is of one kind with the others, so that a day's part
meets each kind.
"""

import os

NIGHT = bool(os.environ.get("EXPOSURE_NIGHTLY"))


def part(cases, every):
    """All cases at night; by day the first of each ``every``."""
    return list(cases) if NIGHT else list(cases)[::every]


def count(by_day, by_night):
    """How many, by day and at night."""
    return by_night if NIGHT else by_day
