"""How an event is read and a response is written."""
