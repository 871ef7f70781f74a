"""Stand-ins for providers that behave as they do, faults included, on real sockets."""
