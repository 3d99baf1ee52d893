"""One figure a file; every figure has a table behind it."""
