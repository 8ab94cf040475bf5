"""Tools for developers and admins; nothing here runs in Lambda.

`packaging` builds, `checks` scans, `cloud` runs it all locally, `pki` issues test certificates, `demo` acts as the
customer, `admin` is for the bank's staff.
"""
