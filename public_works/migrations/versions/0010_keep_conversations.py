"""Keep sessions, and what is said in them."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("customer", columns.Key(), nullable=True),
        sa.Column("surface", sa.JSON(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live", columns.Moment(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("changed", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_tenant_customer_changed"), ["tenant", "customer", "changed"]
        )
        batch_op.create_index(
            batch_op.f("ix_session_tenant_changed_id"), ["tenant", "changed", "id"]
        )
    op.create_table(
        "session_message",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("session", columns.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("direction", columns.Key(), nullable=False),
        sa.Column("channel", columns.Key(), nullable=False),
        sa.Column("text", columns.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("choice", columns.Text(), nullable=True),
        sa.Column("run", columns.Text(), nullable=True),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "session", "seq", name=op.f("pk_session_message")),
    )
    with op.batch_alter_table("session_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_message_tenant_session_id"),
            ["tenant", "session", "id"],
            unique=True,
        )
