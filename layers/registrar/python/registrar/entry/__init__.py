"""How an event comes in and an answer goes out."""
