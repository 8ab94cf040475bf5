"""Random lives of many customers on the local cloud, disturbed at random, with invariants checked throughout."""
