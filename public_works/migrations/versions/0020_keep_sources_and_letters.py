"""Sources of events with their secrets, events to hand out, and those nobody took."""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Nothing yet."""
