"""Conversations over all channels, durable."""
