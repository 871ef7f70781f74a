"""What the platform costs beside hand-written Temporal workflows that do the same work."""
