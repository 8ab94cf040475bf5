"""Checks of the source tree that `make check` runs and no ready-made tool does."""
