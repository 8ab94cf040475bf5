"""Certificates: their facts, the path to an accepted issuer, the trust document, and the decision.

Here: every check of a certificate by itself. Not here: revocation, and who owns the certificate (`possession`).
"""
