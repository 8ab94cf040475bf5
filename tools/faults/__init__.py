"""`make test-faults`: one call to AWS fails, and everything holds: nothing lost, nothing doubled."""
