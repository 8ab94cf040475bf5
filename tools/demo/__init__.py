"""`make demo`, and the customer's side of it: a phone, an authenticator, one-time codes."""
