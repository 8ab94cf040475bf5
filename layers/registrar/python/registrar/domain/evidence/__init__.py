"""Evidence of a signature: the package that is kept for years, and the receipt that a relying service gets.

Here: what is in them, as bytes. Not here: storing (`aws/buckets`), the receipt's key (`aws/keys`).
"""
