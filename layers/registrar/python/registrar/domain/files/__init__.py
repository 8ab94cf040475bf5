"""The files that customers hold: which format it is, and opening what is encrypted under a password.

Here: a new file format or key encryption, and the limits on its work. Not here: judging the certificate inside.
"""
