"""The table of notices: every kind with its texts. A new kind is one row.

Texts carry a masked name only and no link: they name a screen of the app, where a button posts once. A customer who
learns that the bank sends no links is harder to deceive, and no preview of a message can press the button.
"""

from registrar.domain.notices.kinds import Rows
from registrar.domain.notices.texts_access import ACCESS
from registrar.domain.notices.texts_certificates import CERTIFICATES

TEXTS: Rows = {**ACCESS, **CERTIFICATES}
