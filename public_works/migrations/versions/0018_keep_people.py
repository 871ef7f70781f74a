"""People and groups as the identity provider provisions them, and roles of a tenant's own."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing yet."""
