"""Batch runs: the same evaluation over many rows."""
