"""Keep people and groups as identity providers tell them, roles of a tenant's own, and whose keys
are whose."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("user_name", columns.Text(), nullable=False),
        sa.Column("external_id", columns.Key(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_tenant_name"), ["tenant", "name"], unique=True)
        batch_op.create_index(
            batch_op.f("ix_person_tenant_external_id"), ["tenant", "external_id"], unique=True
        )
    op.create_table(
        "person_group",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("external_id", columns.Key(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person_group")),
    )
    with op.batch_alter_table("person_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_group_tenant_name"), ["tenant", "name"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_person_group_tenant_external_id"),
            ["tenant", "external_id"],
            unique=False,
        )
    _members_and_roles()
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person", columns.Key(), nullable=True))


def _members_and_roles() -> None:
    op.create_table(
        "person_group_member",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("group", columns.Key(), nullable=False),
        sa.Column("member", columns.Key(), nullable=False),
        sa.Column("kind", columns.Key(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "group", "member", name=op.f("pk_person_group_member")),
    )
    with op.batch_alter_table("person_group_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_group_member_tenant_member"), ["tenant", "member"], unique=False
        )
    op.create_table(
        "tenant_role",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("solutions", sa.JSON(), nullable=True),
        sa.Column("environments", sa.JSON(), nullable=True),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_tenant_role")),
    )
