"""Create the first tables."""

import sqlalchemy as sa
from alembic import op

from public_works.tables import columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("name", columns.Text(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("principal", columns.Text(), nullable=False),
        sa.Column("kind", columns.Key(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("secret_hash", columns.Key(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("expires", columns.Moment(), nullable=True),
        sa.Column("revoked", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_api_key")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_id"), ["id"], unique=True)

    op.create_table(
        "approval",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("run", columns.Text(), nullable=False),
        sa.Column("workflow_id", columns.Text(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("step", columns.Text(), nullable=False),
        sa.Column("policy", columns.Text(), nullable=False),
        sa.Column("role", columns.Text(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=True),
        sa.Column("initiator", columns.Text(), nullable=False),
        sa.Column("expires", columns.Moment(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("state", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=True),
        sa.Column("note", columns.Text(), nullable=True),
        sa.Column("decided", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_approval_tenant_state_created_id"),
            ["tenant", "state", "created", "id"],
            unique=False,
        )

    op.create_table(
        "cap_reservation",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("policy", columns.Key(), nullable=False),
        sa.Column("scope", columns.Key(), nullable=False),
        sa.Column("key", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "policy", "scope", "key", name=op.f("pk_cap_reservation")
        ),
    )
    with op.batch_alter_table("cap_reservation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cap_reservation_tenant_key"), ["tenant", "key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_cap_reservation_tenant_policy_scope_at"),
            ["tenant", "policy", "scope", "at"],
            unique=False,
        )

    op.create_table(
        "customer",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("name", columns.Text(), nullable=True),
        sa.Column("email", columns.Text(), nullable=True),
        sa.Column("phone", columns.Text(), nullable=True),
        sa.Column("zone", columns.Text(), nullable=True),
        sa.Column("locale", columns.Text(), nullable=True),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer")),
    )
    op.create_table(
        "delivery",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("run", columns.Key(), nullable=False),
        sa.Column("step", columns.Text(), nullable=False),
        sa.Column("channel", columns.Key(), nullable=False),
        sa.Column("binding", columns.Key(), nullable=False),
        sa.Column("provider", columns.Key(), nullable=True),
        sa.Column("purpose", columns.Key(), nullable=False),
        sa.Column("topic", columns.Text(), nullable=True),
        sa.Column("customer", columns.Key(), nullable=True),
        sa.Column("address_hash", columns.Key(), nullable=True),
        sa.Column("content_hash", columns.Key(), nullable=True),
        sa.Column("state", columns.Key(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=True),
        sa.Column("provider_id", columns.Key(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("decision", columns.Key(), nullable=True),
        sa.Column("not_before", columns.Moment(), nullable=True),
        sa.Column("expires", columns.Moment(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.Column("updated", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_tenant_created_id"), ["tenant", "created", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_delivery_tenant_customer"), ["tenant", "customer"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_delivery_tenant_provider_id"), ["tenant", "provider_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_delivery_tenant_run"), ["tenant", "run"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_delivery_tenant_state"), ["tenant", "state"], unique=False
        )

    op.create_table(
        "intent",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("key", columns.Key(), nullable=False),
        sa.Column("fingerprint", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("run", columns.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_intent")),
    )
    op.create_table(
        "kill_switch",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("scope", columns.Key(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("reason", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", name=op.f("pk_kill_switch")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("delivery", columns.Key(), nullable=False),
        sa.Column("run", columns.Text(), nullable=False),
        sa.Column("step", columns.Text(), nullable=False),
        sa.Column("channel", columns.Key(), nullable=False),
        sa.Column("to", columns.Text(), nullable=False),
        sa.Column("sender", columns.Text(), nullable=False),
        sa.Column("subject", columns.Text(), nullable=False),
        sa.Column("text", columns.Text(), nullable=False),
        sa.Column("html", columns.Text(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("tenant", "delivery", name=op.f("uq_outbox_message_tenant_delivery")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_message_tenant_at_id"), ["tenant", "at", "id"], unique=False
        )

    op.create_table(
        "plan",
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_plan")),
        info={"global": True},
    )
    op.create_table(
        "policy_decision",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("run", columns.Key(), nullable=False),
        sa.Column("step", columns.Text(), nullable=False),
        sa.Column("point", columns.Key(), nullable=False),
        sa.Column("outcome", columns.Key(), nullable=False),
        sa.Column("policy", columns.Text(), nullable=True),
        sa.Column("layer", columns.Key(), nullable=True),
        sa.Column("reason", columns.Text(), nullable=True),
        sa.Column("bundle", columns.Key(), nullable=False),
        sa.Column("facts_digest", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_policy_decision")),
    )
    with op.batch_alter_table("policy_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_policy_decision_tenant_run_at"), ["tenant", "run", "at"], unique=False
        )

    op.create_table(
        "pool_catalog",
        sa.Column("pool", columns.Key(), nullable=False),
        sa.Column("catalog", sa.JSON(), nullable=False),
        sa.Column("published", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("pool", name=op.f("pk_pool_catalog")),
        info={"global": True},
    )
    op.create_table(
        "solution",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("name", columns.Key(), nullable=False),
        sa.Column("title", columns.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("latest", columns.Key(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_solution")),
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("delivery", columns.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("binding", columns.Key(), nullable=False),
        sa.Column("provider", columns.Key(), nullable=False),
        sa.Column("content_hash", columns.Key(), nullable=True),
        sa.Column("started", columns.Moment(), nullable=False),
        sa.Column("ended", columns.Moment(), nullable=True),
        sa.Column("outcome", columns.Key(), nullable=True),
        sa.Column("provider_id", columns.Key(), nullable=True),
        sa.Column("code", columns.Text(), nullable=True),
        sa.Column("detail", columns.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "delivery"],
            ["delivery.tenant", "delivery.id"],
            name=op.f("fk_delivery_attempt_tenant_delivery_delivery"),
        ),
        sa.PrimaryKeyConstraint("tenant", "delivery", "n", name=op.f("pk_delivery_attempt")),
    )
    op.create_table(
        "delivery_event",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("dedupe", columns.Key(), nullable=False),
        sa.Column("delivery", columns.Key(), nullable=False),
        sa.Column("event", columns.Key(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("source", columns.Key(), nullable=False),
        sa.Column("detail", columns.Text(), nullable=True),
        sa.Column("recorded", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "delivery"],
            ["delivery.tenant", "delivery.id"],
            name=op.f("fk_delivery_event_tenant_delivery_delivery"),
        ),
        sa.PrimaryKeyConstraint("tenant", "dedupe", name=op.f("pk_delivery_event")),
    )
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_event_tenant_delivery_at"),
            ["tenant", "delivery", "at"],
            unique=False,
        )

    op.create_table(
        "solution_version",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("digest", columns.Key(), nullable=False),
        sa.Column("plan_digest", columns.Key(), nullable=False),
        sa.Column("text", columns.Text(), nullable=False),
        sa.Column("media_type", columns.Text(), nullable=False),
        sa.Column("title", columns.Text(), nullable=False),
        sa.Column("author", columns.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("created", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_digest"], ["plan.digest"], name=op.f("fk_solution_version_plan_digest_plan")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "solution"],
            ["solution.tenant", "solution.name"],
            name=op.f("fk_solution_version_tenant_solution_solution"),
        ),
        sa.PrimaryKeyConstraint("tenant", "solution", "version", name=op.f("pk_solution_version")),
    )
    with op.batch_alter_table("solution_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_solution_version_plan_digest"), ["plan_digest"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_solution_version_tenant_solution_created"),
            ["tenant", "solution", "created"],
            unique=False,
        )

    op.create_table(
        "deployment",
        sa.Column("tenant", columns.Key(), nullable=False),
        sa.Column("solution", columns.Key(), nullable=False),
        sa.Column("environment", columns.Key(), nullable=False),
        sa.Column("version", columns.Key(), nullable=False),
        sa.Column("by", columns.Text(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "solution", "version"],
            ["solution_version.tenant", "solution_version.solution", "solution_version.version"],
            name=op.f("fk_deployment_tenant_solution_version_solution_version"),
        ),
        sa.PrimaryKeyConstraint("tenant", "solution", "environment", name=op.f("pk_deployment")),
    )
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deployment_at"), ["at"], unique=False)
