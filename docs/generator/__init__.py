"""The pages that are made from the code: one for each thing that has a name."""

from docs.generator.site import PAGES, differences, pages, write

__all__ = ["PAGES", "differences", "pages", "write"]
