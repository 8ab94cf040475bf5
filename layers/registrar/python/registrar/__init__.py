"""Registering certificates of other institutions (타기관 인증서 등록)."""

import gc

# A cold start makes up to 100,000 objects, all of which stay: searching them for garbage was up to a seventh of it.
# Then entry/start.py has it searched as usual.
gc.set_threshold(100_000)
