"""The end of a cold start."""

import gc
from typing import TypeVar

USUAL_GC_THRESHOLDS = (2_000, 10, 10)
"""Those of Python 3.13."""

T = TypeVar("T")


def started(handler: T) -> T:
    """The handler as it is; what comes from now on is searched for garbage as usual.

    An error and a frame that keeps it hold each other until then, and with them whatever that frame and its callers
    hold: a list of 128 MB, a password.
    """
    gc.set_threshold(*USUAL_GC_THRESHOLDS)
    return handler
