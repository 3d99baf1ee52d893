"""Writes the column reference: ``python -m exposure.facts.tables > docs/tables.md``."""

from exposure.facts.tables import reference

print(reference(), end="")
