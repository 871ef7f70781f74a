"""Browsers in which somebody signed in by their identity provider, and people who were removed."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("secret_hash", columns.Text(), nullable=False),
        sa.Column("issuer", columns.Key(), nullable=False),
        sa.Column("provider", columns.Text(), nullable=False),
        sa.Column("principal", columns.Key(), nullable=False),
        sa.Column("person", columns.Key(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("how", sa.JSON(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("seen", columns.Moment(), nullable=False),
        sa.Column("expires", columns.Moment(), nullable=False),
        sa.Column("ended", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_id"), "sign_in", ["id"], unique=True)
    op.create_index(op.f("ix_sign_in_tenant_principal"), "sign_in", ["tenant", "principal"])
    op.create_index(op.f("ix_sign_in_tenant_expires"), "sign_in", ["tenant", "expires"])
    op.create_table(
        "former_person",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("external_id", columns.Key(), nullable=True),
        sa.Column("heir", columns.Key(), nullable=True),
        sa.Column("removed", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_former_person")),
    )
    op.create_index(op.f("ix_former_person_tenant_name"), "former_person", ["tenant", "name"])
    op.create_index(
        op.f("ix_former_person_tenant_external_id"), "former_person", ["tenant", "external_id"]
    )
