"""Keep the identity providers that tenants trust, and for whom agents act with their keys."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "trusted_issuer",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("issuer", columns.Key(), nullable=False),
        sa.Column("audience", columns.Key(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_trusted_issuer")),
    )
    with op.batch_alter_table("trusted_issuer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trusted_issuer_issuer_audience"), ["issuer", "audience"], unique=True
        )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_behalf_of", columns.Text(), nullable=True))
