"""Twenty-five ways to do harm, each tried on the whole platform."""
