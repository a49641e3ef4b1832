"""Status lists, the history of states, notices.

Works beside the version that is being replaced: what it writes has no place in a list, and no
history. Certificates there are get places in lists of their own, in an order that tells nothing.
"""

import base64
import secrets

from alembic import op
import sqlalchemy as sa

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
SIZE = 1 << 17
PLACES = """
UPDATE certificates SET status_list = :list, status_index = drawn.place
FROM (
  SELECT id, (row_number() OVER (ORDER BY random()) - 1) * 2 + (random() < 0.5)::int AS place
  FROM (SELECT id FROM certificates WHERE status_list IS NULL LIMIT :most) AS without
) AS drawn
WHERE drawn.id = certificates.id
"""
GROWING = ("certificate_changes", "notices")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "status_lists",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0 AND size % 4 = 0", name=op.f("ck_status_lists_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lists")),
        sa.UniqueConstraint("number", name=op.f("uq_status_lists_number")),
    )
    _columns()
    op.create_table(
        "certificate_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('valid', 'suspended', 'superseded', 'revoked')",
            name=op.f("ck_certificate_changes_state"),
        ),
        sa.CheckConstraint(
            "reason <> '' AND changed_by <> ''", name=op.f("ck_certificate_changes_explained")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_changes_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_changes")),
    )
    op.create_index(
        "ix_certificate_changes_certificate_id_id",
        "certificate_changes",
        ["certificate_id", "id"],
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.CheckConstraint("zh <> '' AND en <> ''", name=op.f("ck_notices_in_both_languages")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "person_id", "message_id", name=op.f("uq_notices_person_id_message_id")
        ),
    )
    op.create_index("ix_notices_person_id_id", "notices", ["person_id", "id"])
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("notices")
    op.drop_table("certificate_changes")
    op.drop_index("ix_certificates_status_list_marked", table_name="certificates")
    op.drop_column("certificates", "status_index")
    op.drop_column("certificates", "status_list")
    op.drop_table("status_lists")


def _columns() -> None:
    op.add_column("certificates", sa.Column("status_list", sa.String(), nullable=True))
    op.add_column("certificates", sa.Column("status_index", sa.Integer(), nullable=True))
    _fill()
    op.create_foreign_key(
        op.f("fk_certificates_status_list"),
        "certificates",
        "status_lists",
        ["status_list"],
        ["id"],
    )
    op.create_unique_constraint(
        op.f("uq_certificates_status_list_status_index"),
        "certificates",
        ["status_list", "status_index"],
    )
    for name, condition in (
        ("whole_place", "(status_list IS NULL) = (status_index IS NULL)"),
        ("status_index", "status_index >= 0"),
    ):
        op.create_check_constraint(op.f(f"ck_certificates_{name}"), "certificates", condition)
    op.create_index(
        "ix_certificates_status_list_marked",
        "certificates",
        ["status_list"],
        postgresql_where=sa.text("state <> 'valid'"),
    )


def _fill() -> None:
    """Give places, at most half of a list's, to certificates from before there were lists."""
    connection = op.get_bind()
    op.execute("ALTER TABLE certificates DISABLE TRIGGER certificates_keep")
    left = sa.text("SELECT EXISTS (SELECT FROM certificates WHERE status_list IS NULL)")
    while connection.execute(left).scalar_one():
        drawn = base64.b32hexencode(b"\0" + secrets.token_bytes(15)).decode().rstrip("=").lower()
        name = f"stl_{drawn}"
        connection.execute(
            sa.text("INSERT INTO status_lists (id, size, created_at) VALUES (:list, :size, now())"),
            {"list": name, "size": SIZE},
        )
        connection.execute(sa.text(PLACES), {"list": name, "most": SIZE // 2})
    op.execute("ALTER TABLE certificates ENABLE TRIGGER certificates_keep")
