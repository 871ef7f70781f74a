"""Keep an audit log whose rows the database itself refuses to change or delete."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0015"
down_revision = "0014"

KEPT = ("audit_record", "audit_checkpoint")
SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
SQLITE_HEAD = """
CREATE TRIGGER audit_head_no_{name} BEFORE {verb} ON audit_head {when}
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
FUNCTION = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
ROWS = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION audit_append_only()
"""
WHOLE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
"""
HEAD_KEPT = """
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
FOR EACH ROW EXECUTE FUNCTION audit_append_only()
"""
HEAD_FORWARD = """
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION audit_append_only()
"""


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        for table in KEPT:
            for verb in ("UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=table, verb=verb))
        op.execute(SQLITE_HEAD.format(name="delete", verb="DELETE", when=""))
        back = "WHEN NEW.seq <= OLD.seq"
        op.execute(SQLITE_HEAD.format(name="way_back", verb="UPDATE", when=back))
        return
    op.execute(FUNCTION)
    for table in KEPT:
        op.execute(ROWS.format(table=table))
    for table in (*KEPT, "audit_head"):
        op.execute(WHOLE.format(table=table))
    op.execute(HEAD_KEPT)
    op.execute(HEAD_FORWARD)


def _tables() -> None:
    op.create_table(
        "audit_record",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("actor", columns.Key(), nullable=False),
        sa.Column("actor_kind", columns.Key(), nullable=False),
        sa.Column("action", columns.Key(), nullable=False),
        sa.Column("subject_type", columns.Key(), nullable=False),
        sa.Column("subject", columns.Key(), nullable=False),
        sa.Column("outcome", columns.Key(), nullable=False),
        sa.Column("code", columns.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("trace", columns.Text(), nullable=True),
        sa.Column("decision", columns.Key(), nullable=True),
        sa.Column("prev", columns.Key(), nullable=False),
        sa.Column("hash", columns.Key(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit_record")),
    )
    with op.batch_alter_table("audit_record", schema=None) as batch_op:
        for column in ("action", "subject", "actor"):
            name = batch_op.f(f"ix_audit_record_tenant_{column}_seq")
            batch_op.create_index(name, ["tenant", column, "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", columns.Key(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("kid", columns.Text(), nullable=False),
        sa.Column("signature", columns.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit_checkpoint")),
    )
