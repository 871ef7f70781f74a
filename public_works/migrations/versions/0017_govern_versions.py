"""Keep reviews of versions, who approved them, what ran where in turn, and broken glass."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0017"
down_revision = "0016"

VERSION = ("tenant", "solution", "version")


def upgrade() -> None:
    with op.batch_alter_table("solution_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("findings", columns.Document(), nullable=True))
        batch_op.add_column(sa.Column("behalf", columns.Text(), nullable=True))
    _reviews()
    _remarks()
    _history()
    _glass()
    _remember()


def _reviews() -> None:
    op.create_table(
        "version_review",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("behalf", columns.Text(), nullable=True),
        sa.Column("note", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("state", columns.Key(), nullable=False),
        sa.Column("decided", columns.Moment(), nullable=True),
        sa.Column("expires", columns.Moment(), nullable=False),
        _of_version("version_review"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_version_review")),
    )
    _index("version_review", *VERSION, "n", unique=True)
    op.create_table(
        "version_approval",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("review", columns.Key(), nullable=False),
        sa.Column("person", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("plan", columns.Key(), nullable=False),
        sa.Column("evidence", columns.Key(), nullable=False),
        sa.Column("policies", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "review"],
            ["version_review.tenant", "version_review.id"],
            name=op.f("fk_version_approval_tenant_version_review"),
        ),
        sa.PrimaryKeyConstraint("tenant", "review", "person", name=op.f("pk_version_approval")),
    )


def _remarks() -> None:
    op.create_table(
        "version_remark",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("act", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("text", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        _of_version("version_remark"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_version_remark")),
    )
    _index("version_remark", *VERSION, "at")


def _history() -> None:
    op.create_table(
        "deployment_history",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("act", columns.Key(), nullable=False),
        sa.Column("ground", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("why", columns.Text(), nullable=False),
        sa.Column("source", columns.Key(), nullable=True),
        sa.Column("review", columns.Key(), nullable=True),
        sa.Column("glass", columns.Key(), nullable=True),
        sa.Column("request", columns.Key(), nullable=True),
        _of_version("deployment_history"),
        sa.PrimaryKeyConstraint(
            "tenant", "solution", "environment", "n", name=op.f("pk_deployment_history")
        ),
    )
    _index("deployment_history", *VERSION)


def _glass() -> None:
    op.create_table(
        "broken_glass",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("plan", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("verdict", columns.Key(), nullable=True),
        sa.Column("reviewer", columns.Text(), nullable=True),
        sa.Column("comment", columns.Text(), nullable=True),
        sa.Column("reviewed", columns.Moment(), nullable=True),
        _of_version("broken_glass"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_broken_glass")),
    )
    _index("broken_glass", "tenant", "at")


def _remember() -> None:
    """What ran when approvals began to be asked for may be gone back to."""
    op.execute(
        "INSERT INTO deployment_history "
        '(tenant, solution, environment, n, version, act, ground, "by", at, why) '
        "SELECT tenant, solution, environment, 1, version, 'deploy', 'before', \"by\", at, '' "
        "FROM deployment"
    )


def _of_version(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [*VERSION],
        [f"solution_version.{name}" for name in VERSION],
        name=op.f(f"fk_{table}_tenant_solution_version"),
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        name = batch_op.f(f"ix_{table}_{'_'.join(columns)}")
        batch_op.create_index(name, [*columns], unique=unique)
