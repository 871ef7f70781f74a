"""Keep the servers that events are sent to, and the answers that callers wait for."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("url", columns.Text(), nullable=False),
        sa.Column("secret", columns.Text(), nullable=True),
        sa.Column("before", columns.Text(), nullable=True),
        sa.Column("overlap", columns.Moment(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webhook_tenant_created_id"), ["tenant", "created", "id"], unique=False
        )
    op.create_table(
        "api_answer",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("run", columns.Key(), nullable=False),
        sa.Column("experience", columns.Key(), nullable=False),
        sa.Column("callback", columns.Text(), nullable=True),
        sa.Column("waiting", columns.Moment(), nullable=True),
        sa.Column("delivery", columns.Key(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("headers", columns.Document(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("answered", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "run", "experience", name=op.f("pk_api_answer")),
    )
