"""What a reason is called and what it says, in one language."""

from typing import NamedTuple


class Wording(NamedTuple):
    """A title of a few words, and a text of one to three sentences in `str.format` notation."""

    title: str
    text: str
