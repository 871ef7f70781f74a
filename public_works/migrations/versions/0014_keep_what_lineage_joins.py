"""Keep what lineage joins: which adapter wrote, which run emitted, which intents a run has."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", columns.Key(), nullable=True))
    with op.batch_alter_table("cloud_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", columns.Document(), nullable=True))
    with op.batch_alter_table("intent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intent_tenant_run"), ["tenant", "run"], unique=False)
