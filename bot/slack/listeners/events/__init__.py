"""Events: one file for each."""
