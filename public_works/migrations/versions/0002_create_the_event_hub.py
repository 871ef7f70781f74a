"""Create the tables of the event hub."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "cloud_event",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("type", columns.Key(), nullable=False),
        sa.Column("envelope", sa.JSON(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("accepted", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_cloud_event")),
    )
    with op.batch_alter_table("cloud_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cloud_event_tenant_identity"), ["tenant", "identity"], unique=True
        )
        batch_op.create_index(
            batch_op.f("ix_cloud_event_tenant_environment_type_seq"),
            ["tenant", "environment", "type", "seq"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_cloud_event_accepted"), ["accepted"], unique=False)
    op.create_table(
        "event_listener",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workflow", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("step", columns.Text(), nullable=False),
        sa.Column("type", columns.Key(), nullable=False),
        sa.Column("shape", columns.Key(), nullable=False),
        sa.Column("value", columns.Key(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", "n", name=op.f("pk_event_listener")),
    )
    with op.batch_alter_table("event_listener", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_listener_tenant_environment_type_shape_value"),
            ["tenant", "environment", "type", "shape", "value"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_event_listener_tenant_workflow"), ["tenant", "workflow"], unique=False
        )
    op.create_table(
        "event_handover",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", columns.Key(), nullable=False),
        sa.Column("state", columns.Key(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", "target", name=op.f("pk_event_handover")),
    )
    with op.batch_alter_table("event_handover", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_handover_state_created"), ["state", "created"], unique=False
        )
