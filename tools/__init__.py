"""What surrounds the service on a developer's or admin's machine; nothing here runs in Lambda.

`packaging` builds, `checks` scans, `cloud` runs it all locally, `pki` issues test certificates, `demo` acts as the
customer, `admin` is for the bank's staff.
"""
