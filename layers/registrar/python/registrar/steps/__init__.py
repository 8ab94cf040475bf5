"""Use cases that several handlers share: they load, let the domain decide, and save through `aws` and `net`.

Here: the order of reads, decisions and writes, and what happens between two of them. Not here: requests and
responses (`entry`, handlers), rules (`domain`), single writes (`aws`).
"""
