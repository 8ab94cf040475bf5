"""Mutation tests: one small fault at a time is put into the product, and some test has to fail (`make mutants`)."""
