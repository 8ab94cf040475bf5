"""Why something is refused: codes, their texts in Korean and English, findings, and the error family.

Here: the catalogue and how its texts are rendered. Not here: when a reason applies; each rule raises its own.
"""
