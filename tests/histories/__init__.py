"""Histories of real runs, kept so that no change of the interpreter breaks the runs there are."""
