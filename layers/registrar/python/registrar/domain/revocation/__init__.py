"""Revocation: CRL and OCSP (RFC 5280, RFC 6960) read and judged, and which lists are watched.

Here: rules on bytes that were fetched already. Not here: fetching (`net`), storing (`aws`), order (`steps`).
"""
