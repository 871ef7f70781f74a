"""What happens next: compiler and deterministic interpreter."""
