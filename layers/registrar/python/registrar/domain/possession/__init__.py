"""Owner of a certificate and possession of its key: signatures over the bank's texts, R and VID, sealing.

Here: the texts to sign and how a signature is checked. Not here: passkeys and codes (`access`).
"""
