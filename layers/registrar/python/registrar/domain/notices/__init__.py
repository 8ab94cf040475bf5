"""What customers are told without asking: kinds of notices, their texts, when they are due.

Here: a new kind or text. Not here: sending (`aws/queues`) and claiming (`aws/tables/notices.py`).
"""
