"""Widgets in a real browser, on pages of another origin."""
