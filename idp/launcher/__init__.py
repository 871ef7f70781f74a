"""The whole platform on one machine: its processes, started in order and kept alive."""
