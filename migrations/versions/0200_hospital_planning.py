"""What hospitals said last of their sessions, weekly templates, holidays, and rounds of planning.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0200"
down_revision = "0190"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "hospital_holidays",
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("plan_as", sa.SmallInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("plan_as BETWEEN 1 AND 7", name="ck_hospital_holidays_plan_as"),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name="fk_hospital_holidays_hospital_id"
        ),
        sa.PrimaryKeyConstraint("hospital_id", "day", name="pk_hospital_holidays"),
    )
    op.create_table(
        "planning_rounds",
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name="fk_planning_rounds_hospital_id"
        ),
        sa.PrimaryKeyConstraint("hospital_id", name="pk_planning_rounds"),
    )
    op.create_table(
        "session_templates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name="ck_session_templates_lasts"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="ck_session_templates_weekday"),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name="fk_session_templates_hospital_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_session_templates"),
        sa.UniqueConstraint(
            "hospital_id", "external_id", name="uq_session_templates_hospital_id_external_id"
        ),
    )
    op.create_table(
        "session_plans",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name="ck_session_plans_digest"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name="fk_session_plans_session_id"
        ),
        sa.PrimaryKeyConstraint("session_id", name="pk_session_plans"),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in ("session_plans", "session_templates", "planning_rounds", "hospital_holidays"):
        op.drop_table(table)
