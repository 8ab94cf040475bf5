"""`make demo`, and its customer: a phone, an authenticator, one-time codes."""
