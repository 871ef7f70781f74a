"""How far events led to each other, and when what is on its way was settled."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    hops = sa.Column("hops", sa.Integer(), nullable=False, server_default="0")
    op.add_column("cloud_event", hops)
    for table, column in (("delivery_attempt", "ended"), ("delivery_event", "recorded")):
        op.create_index(op.f(f"ix_{table}_tenant_{column}"), table, ["tenant", column])
    for table in ("event_handover", "event_post"):
        op.add_column(table, sa.Column("settled", columns.Moment(), nullable=True))
        op.create_index(op.f(f"ix_{table}_tenant_state_seq"), table, ["tenant", "state", "seq"])
