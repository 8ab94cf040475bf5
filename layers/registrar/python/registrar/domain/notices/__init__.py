"""What customers get by text message, push or mail: kinds of notices, their texts, channels, when they are due.

Here: a new kind (`kinds.py`) and its row (`texts.py`). Not here: sending (`aws/queues/sender.py`) and claiming
(`aws/tables/notices.py`).
"""
