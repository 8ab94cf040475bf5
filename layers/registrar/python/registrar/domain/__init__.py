"""The rules of the bank: standard library, cryptography and parsers only; time is an argument."""
