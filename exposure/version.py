"""Version of exposure, in one place."""

VERSION = "0.1.0"
