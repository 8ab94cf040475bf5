"""Reading encoded structures that several readers share: BER and DER, PEM, names, ASN.1 classes.

Here: bytes to structures, bounded. Not here: what a structure means; that is the subject that reads it.
"""
