"""Who was forgotten, and the keys thrown away."""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Nothing yet."""
