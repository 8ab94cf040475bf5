"""Hostile input for the readers: guided by coverage (atheris), and mutations of files through a whole upload."""
