"""``python -m exposure.cli``."""

from exposure.cli import main

main()
