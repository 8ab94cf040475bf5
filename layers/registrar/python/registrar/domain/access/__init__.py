"""Reaching the service: customers, challenges, sessions, passkeys, codes, throttles, recovery.

Here: who the customer is and how they prove it. Not here: who holds a certificate's key (`possession`).
"""
