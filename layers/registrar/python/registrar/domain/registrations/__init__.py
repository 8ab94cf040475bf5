"""The life of an upload and of a registration: states, events for other systems, how long each is kept.

Here: state machines and retention rules. Not here: the writes that move them (`aws/tables`).
"""
