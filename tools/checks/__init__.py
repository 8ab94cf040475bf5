"""Checks of the source tree for `make check` that no existing tool covers."""
