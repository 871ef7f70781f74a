"""Sources of events with their secrets, events to hand out, and those nobody took."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    _log()
    _sources()
    op.create_table(
        "event_post",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("webhook", columns.Key(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("aggregate", columns.Key(), nullable=False),
        sa.Column("state", columns.Key(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", columns.Moment(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "webhook", "seq", name=op.f("pk_event_post")),
    )
    with op.batch_alter_table("event_post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_post_state_due"), ["state", "due"])
        ordered = ["tenant", "webhook", "aggregate", "seq"]
        batch_op.create_index(batch_op.f("ix_event_post_tenant_webhook_aggregate_seq"), ordered)
    op.create_table(
        "event_mark",
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_mark")),
    )


def _log() -> None:
    with op.batch_alter_table("cloud_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
        relayed = sa.Boolean()
        batch_op.add_column(sa.Column("relayed", relayed, nullable=False, server_default=sa.true()))
        batch_op.create_index(batch_op.f("ix_cloud_event_relayed"), ["relayed"])
    with op.batch_alter_table("event_handover", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", columns.Text(), nullable=True))
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.add_column(sa.Column("types", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("environment", columns.Key(), nullable=True))
        batch_op.add_column(sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))


def _sources() -> None:
    op.create_table(
        "event_source",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("secret", columns.Text(), nullable=True),
        sa.Column("before", columns.Text(), nullable=True),
        sa.Column("overlap", columns.Moment(), nullable=True),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_event_source")),
    )
    with op.batch_alter_table("event_source", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_source_tenant_created_id"), ["tenant", "created", "id"]
        )
    op.create_table(
        "event_proof",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("source", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("request", columns.Key(), nullable=False),
        sa.Column("content", columns.Key(), nullable=False),
        sa.Column("lasting", sa.Boolean(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "source", "id", name=op.f("pk_event_proof")),
    )
    with op.batch_alter_table("event_proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_proof_at"), ["at"])
