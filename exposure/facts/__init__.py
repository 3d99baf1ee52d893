"""What we know: the only room that reads ``data/``."""
