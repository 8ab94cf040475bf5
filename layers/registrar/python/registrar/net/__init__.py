"""Requests to issuers' servers over HTTP and LDAP: bounded in time and size, and never inside our own network.

resolving   names to addresses that are all checked, before one is connected to
stream      a connection to a checked address, under one deadline and one byte limit
http, ldap  one request each
fetch       the functions that the rest of the project calls
"""
