"""What is left of runs and messages after processes were killed."""
