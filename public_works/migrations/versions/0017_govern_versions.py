"""What the lifecycle of versions keeps: states, evidence, approvals, promotions, breaking of glass."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Nothing yet."""
