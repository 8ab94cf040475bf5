"""Test certification authorities: certificates, key files, CRLs, OCSP responders, an LDAP directory."""
