"""Who does the work: worker pools and what each serves."""

from workers.pool import Pool, open_pool

__all__ = ["Pool", "open_pool"]
