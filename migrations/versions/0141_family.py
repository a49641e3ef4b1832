"""Family mandates and mutual aid; the access log may name a member of the family as actor.

New tables; the version that is being replaced does not know them. The log's wider check is judged
against old rows in a later step, so that nothing is scanned under a lock.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
OPEN = "state IN ('OFFERED', 'ACTIVE')"
CHECKS = {
    "kind": "kind IN ('mandate', 'mutual_aid')",
    "basis": "basis IN ('consent', 'birth_record')",
    "other_hash": "octet_length(other_hash) = 32",
    "two_people": "other_id IS NULL OR other_id <> grantor_id",
    "active_has_other": "state <> 'ACTIVE' OR other_id IS NOT NULL",
    "yearly_limit": "yearly_limit BETWEEN 1 AND 10000000",
    "purchase_limit": "purchase_limit BETWEEN 1 AND yearly_limit",
    "spent_within": "spent BETWEEN 0 AND yearly_limit",
    "at_most_a_year": "expires_at > created_at AND expires_at <= created_at + interval '366 days'",
    "terms_of_kind": (
        "CASE kind WHEN 'mandate' THEN purchase_limit IS NOT NULL"
        " AND cardinality(purposes) > 0 AND cardinality(merchant_kinds) > 0"
        " ELSE purchase_limit IS NULL AND purposes = '{}' AND merchant_kinds = '{}' END"
    ),
}
MOVES = (
    "'ACTIVE>EXPIRED', 'ACTIVE>REVOKED', 'OFFERED>ACTIVE', 'OFFERED>DECLINED', "
    "'OFFERED>EXPIRED', 'OFFERED>REVOKED'"
)
ACTORS = ("self", "terminal", "system", "staff")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    _agreements()
    _uses()
    _actors((*ACTORS, "family"))


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    _actors(ACTORS)
    op.drop_table("family_uses")
    op.drop_table("family_agreements")


def _agreements() -> None:
    table = "family_agreements"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "OFFERED",
                "ACTIVE",
                "REVOKED",
                "EXPIRED",
                "DECLINED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("grantor_id", sa.String(), nullable=False),
        sa.Column("other_hash", sa.LargeBinary(), nullable=False),
        sa.Column("other_name", sa.LargeBinary(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=True),
        sa.Column("purposes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("merchant_kinds", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("purchase_limit", sa.BigInteger(), nullable=True),
        sa.Column("yearly_limit", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("spent_year", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["grantor_id"], ["persons.id"], name=op.f(f"fk_{table}_grantor_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name=op.f(f"fk_{table}_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_one_open",
        table,
        ["kind", "grantor_id", "other_hash"],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(f"ix_{table}_grantor_id_id", table, ["grantor_id", "id"])
    op.create_index(f"ix_{table}_other_hash_id", table, ["other_hash", "id"])
    op.create_index(
        f"ix_{table}_expires_at_open", table, ["expires_at"], postgresql_where=sa.text(OPEN)
    )
    op.execute(
        f"CREATE TRIGGER {table}_state_moves BEFORE UPDATE OF state ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({MOVES})"
    )


def _uses() -> None:
    table = "family_uses"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("given_back", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{table}_amount")),
        sa.CheckConstraint(
            "given_back BETWEEN 0 AND amount", name=op.f(f"ck_{table}_given_back_within")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["family_agreements.id"], name=op.f(f"fk_{table}_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_agreement_id"), table, ["agreement_id"])


def _actors(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("ALTER TABLE access_events DROP CONSTRAINT ck_access_events_actor_kind")
    op.execute(
        "ALTER TABLE access_events ADD CONSTRAINT ck_access_events_actor_kind "
        f"CHECK (actor_kind IN ({listed})) NOT VALID"
    )
