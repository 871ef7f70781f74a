"""Under what the salt of a person's token is kept."""

import hashlib

__all__ = ["salt_id"]


def salt_id(person: str) -> str:
    """The id of the salt, which does not tell whose it is."""
    return hashlib.sha256(person.encode("utf-8", "surrogatepass")).hexdigest()
