"""Keep spans of traces, alarms, and the trace of a delivery."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "span",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("trace", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("parent", columns.Key(), nullable=True),
        sa.Column("name", columns.Text(), nullable=False),
        sa.Column("kind", columns.Key(), nullable=False),
        sa.Column("room", columns.Key(), nullable=False),
        sa.Column("run", columns.Key(), nullable=True),
        sa.Column("step", columns.Text(), nullable=True),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        sa.Column("status", columns.Key(), nullable=False),
        sa.Column("code", columns.Text(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "trace", "id", name=op.f("pk_span")),
    )
    with op.batch_alter_table("span", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_span_tenant_run"), ["tenant", "run"], unique=False)
        batch_op.create_index(batch_op.f("ix_span_began"), ["began"], unique=False)
    op.create_table(
        "alarm",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("kind", columns.Key(), nullable=False),
        sa.Column("severity", columns.Key(), nullable=False),
        sa.Column("subject", columns.Text(), nullable=False),
        sa.Column("told", columns.Text(), nullable=False),
        sa.Column("since", columns.Moment(), nullable=False),
        sa.Column("seen", columns.Moment(), nullable=False),
        sa.Column("cleared", columns.Moment(), nullable=True),
        sa.Column("acknowledged", columns.Moment(), nullable=True),
        sa.Column("by", columns.Text(), nullable=True),
        sa.Column("note", columns.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_alarm")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_alarm_tenant_cleared_since"),
            ["tenant", "cleared", "since"],
            unique=False,
        )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trace", columns.Key(), nullable=True))
