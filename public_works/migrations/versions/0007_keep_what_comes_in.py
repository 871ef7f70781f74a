"""Create the tables of what comes in; find deliveries and customers by their addresses."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "provider_callback",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_provider_callback")),
    )
    op.create_table(
        "security_event",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("kind", columns.Key(), nullable=False),
        sa.Column("adapter", columns.Key(), nullable=False),
        sa.Column("binding", columns.Key(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("source", columns.Key(), nullable=True),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("last", columns.Moment(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_security_event")),
    )
    op.create_table(
        "inbound_message",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("channel", columns.Key(), nullable=False),
        sa.Column("adapter", columns.Key(), nullable=False),
        sa.Column("binding", columns.Key(), nullable=False),
        sa.Column("customer", columns.Key(), nullable=True),
        sa.Column("delivery", columns.Key(), nullable=True),
        sa.Column("address_hash", columns.Key(), nullable=False),
        sa.Column("provider_id", columns.Key(), nullable=False),
        sa.Column("subject", columns.Text(), nullable=True),
        sa.Column("text", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_inbound_message")),
    )
    for table, names in (
        ("provider_callback", ("at",)),
        ("security_event", ("tenant", "at", "id")),
        ("inbound_message", ("tenant", "customer", "at")),
        ("inbound_message", ("tenant", "at", "id")),
        ("delivery", ("tenant", "address_hash")),
        ("customer", ("tenant", "email")),
        ("customer", ("tenant", "phone")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            name = "_".join(("ix", table, *names))
            batch_op.create_index(batch_op.f(name), [*names], unique=False)
