"""Signature requests: what a relying service asks a customer to sign, and what comes of it.

Here: kinds and their lines, the text to sign, states, and what a completed signature consists of. Not here: how a
signature is checked (`possession`), whether a certificate may be used (`registrations`, `revocation`).
"""
