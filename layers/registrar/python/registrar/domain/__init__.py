"""The bank's rules, a package per subject: standard library, cryptography and parsers; time is an argument.

Here: what is true, allowed, shown and why. Not here: AWS (`aws`), sockets (`net`), requests (`entry`).
"""
