"""S3: the upload bucket, the trust bucket and the bucket of issuers' lists.

Here: objects in and out. Not here: what their bytes mean (`domain`).
"""
