"""The first schema."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


STATEMENTS = (
    """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TRIGGER access_events_only_grows BEFORE UPDATE OR DELETE ON access_events
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE OR REPLACE FUNCTION refuse_state_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (TG_ARGV) THEN
    RAISE EXCEPTION 'move of % refused', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER cards_state_moves BEFORE UPDATE OF state ON cards FOR EACH ROW EXECUTE FUNCTION refuse_state_move('ACTIVE>CANCELLED', 'ACTIVE>FROZEN', 'ACTIVE>LOST', 'FROZEN>ACTIVE', 'FROZEN>CANCELLED', 'FROZEN>LOST', 'ISSUED>ACTIVE', 'ISSUED>CANCELLED', 'LOST>CANCELLED', 'LOST>REISSUED')
""",
    """
CREATE TRIGGER card_tokens_state_moves BEFORE UPDATE OF state ON card_tokens FOR EACH ROW EXECUTE FUNCTION refuse_state_move('ACTIVE>REVOKED', 'ACTIVE>STALE', 'PENDING>ACTIVE', 'PENDING>REVOKED', 'STALE>ACTIVE', 'STALE>REVOKED')
""",
    """
CREATE TRIGGER code_grants_state_moves BEFORE UPDATE OF state ON code_grants FOR EACH ROW EXECUTE FUNCTION refuse_state_move('ISSUED>CONSUMED', 'ISSUED>EXPIRED', 'ISSUED>REVOKED', 'ISSUED>SUPERSEDED')
""",
    """
CREATE FUNCTION certificates_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a certificate is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state') THEN
    RAISE EXCEPTION 'only the state of a certificate changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (OLD.state || ' ' || NEW.state) = ANY (ARRAY[
    'issuing valid', 'issuing revoked',
    'valid suspended', 'valid superseded', 'valid revoked', 'valid expired',
    'suspended valid', 'suspended superseded', 'suspended revoked', 'suspended expired']) THEN
    RAISE EXCEPTION 'a certificate cannot take this step' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER certificates_keep BEFORE UPDATE OR DELETE ON certificates
FOR EACH ROW EXECUTE FUNCTION certificates_keep()
""",
)


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("certificate_serials")))
    op.create_table(
        "consents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.String(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(status IS NULL) = (response IS NULL)",
            name=op.f("ck_idempotency_keys_finished_has_response"),
        ),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "lockouts",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(pauses = 0) = (paused_until IS NULL)", name=op.f("ck_lockouts_pause_has_end")
        ),
        sa.CheckConstraint(
            "failures BETWEEN 0 AND 4", name=op.f("ck_lockouts_failures_below_limit")
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_lockouts")),
    )
    op.create_table(
        "merchants",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_merchants_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("citizen_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_number", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("citizen_hash", name=op.f("uq_persons_citizen_hash")),
    )
    op.create_table(
        "access_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('self', 'terminal', 'system', 'staff')",
            name=op.f("ck_access_events_actor_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_access_events_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_events")),
    )
    op.create_index(
        "ix_access_events_person_id_id", "access_events", ["person_id", "id"], unique=False
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ISSUED",
                "ACTIVE",
                "FROZEN",
                "LOST",
                "REISSUED",
                "CANCELLED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scheme IN ('social_security')", name=op.f("ck_cards_scheme")),
        sa.CheckConstraint("replaces <> id", name=op.f("ck_cards_replaces_another")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_cards_person_id")),
        sa.ForeignKeyConstraint(["replaces"], ["cards.id"], name=op.f("fk_cards_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("replaces", name=op.f("uq_cards_replaces")),
    )
    op.create_index(
        "uq_cards_one_open",
        "cards",
        ["person_id", "scheme"],
        unique=True,
        postgresql_where=sa.text("state IN ('ISSUED', 'ACTIVE', 'FROZEN', 'LOST')"),
    )
    op.create_table(
        "certificate_series",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version BETWEEN 1 AND 999", name=op.f("ck_certificate_series_version")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_certificate_series_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "type", name=op.f("pk_certificate_series")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("check_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('issuing', 'valid', 'suspended', 'superseded', 'revoked', 'expired')",
            name=op.f("ck_certificates_state"),
        ),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_certificates_sha256")),
        sa.CheckConstraint(
            "valid_until > issued_at", name=op.f("ck_certificates_ends_after_begin")
        ),
        sa.CheckConstraint("version BETWEEN 1 AND 999", name=op.f("ck_certificates_version")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_certificates_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("sha256", name=op.f("uq_certificates_sha256")),
        sa.UniqueConstraint(
            "type", "serial", "version", name=op.f("uq_certificates_type_serial_version")
        ),
    )
    op.create_index(
        "ix_certificates_person_id_id", "certificates", ["person_id", "id"], unique=False
    )
    op.create_index(
        "uq_certificates_live",
        "certificates",
        ["person_id", "type"],
        unique=True,
        postgresql_where=sa.text("state IN ('issuing', 'valid', 'suspended')"),
    )
    op.create_table(
        "exchanges",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.String(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("answer_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'failed') = (fault IS NOT NULL) AND (outcome = 'failed') = (failure IS NOT NULL)",
            name=op.f("ck_exchanges_failure_has_fault"),
        ),
        sa.CheckConstraint(
            "(outcome = 'live') = (record_version IS NOT NULL)",
            name=op.f("ck_exchanges_live_has_version"),
        ),
        sa.CheckConstraint("fault IN ('ours', 'theirs')", name=op.f("ck_exchanges_fault")),
        sa.CheckConstraint(
            "outcome IN ('live', 'not_found', 'failed')", name=op.f("ck_exchanges_outcome")
        ),
        sa.CheckConstraint("latency_ms >= 0", name=op.f("ck_exchanges_latency")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_exchanges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
    )
    op.create_index("ix_exchanges_case_id", "exchanges", ["case_id"], unique=False)
    op.create_index("ix_exchanges_person_id_id", "exchanges", ["person_id", "id"], unique=False)
    op.create_index("ix_exchanges_source_at", "exchanges", ["source", "at"], unique=False)
    op.create_table(
        "terminals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "SUSPENDED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("purposes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cardinality(purposes) >= 1", name=op.f("ck_terminals_has_purposes")),
        sa.CheckConstraint("cardinality(scopes) >= 1", name=op.f("ck_terminals_has_scopes")),
        sa.CheckConstraint(
            "jsonb_array_length(jwks) BETWEEN 1 AND 5", name=op.f("ck_terminals_has_keys")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_terminals_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminals")),
    )
    op.create_index(op.f("ix_terminals_merchant_id"), "terminals", ["merchant_id"], unique=False)
    op.create_table(
        "verification_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("consent_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("template", sa.LargeBinary(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("chain", sa.LargeBinary(), nullable=True),
        sa.Column("retry_code", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("audit", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'FAILED') = (retry_code IS NOT NULL)",
            name=op.f("ck_verification_sessions_failure_has_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'PASSED') = (person_id IS NOT NULL AND level IS NOT NULL AND code_hash IS NOT NULL AND code_expires_at IS NOT NULL)",
            name=op.f("ck_verification_sessions_passed_has_code"),
        ),
        sa.CheckConstraint(
            "(state IN ('CREATED', 'IN_PROGRESS')) = (ended_at IS NULL)",
            name=op.f("ck_verification_sessions_ended_has_time"),
        ),
        sa.CheckConstraint(
            "state = 'PASSED' OR code_hash IS NULL",
            name=op.f("ck_verification_sessions_code_only_when_passed"),
        ),
        sa.CheckConstraint(
            "state IN ('CREATED', 'IN_PROGRESS', 'PASSED', 'FAILED', 'EXPIRED')",
            name=op.f("ck_verification_sessions_state"),
        ),
        sa.CheckConstraint(
            "(claim IS NULL) = (claimed_until IS NULL)",
            name=op.f("ck_verification_sessions_claim_ends"),
        ),
        sa.CheckConstraint(
            "code_consumed_at IS NULL OR code_hash IS NOT NULL",
            name=op.f("ck_verification_sessions_consumed_code"),
        ),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR (subject IS NOT NULL AND challenge IS NOT NULL AND chain IS NOT NULL)",
            name=op.f("ck_verification_sessions_live_knows"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR (subject IS NULL AND template IS NULL AND challenge IS NULL AND chain IS NULL AND claim IS NULL)",
            name=op.f("ck_verification_sessions_ended_forgets"),
        ),
        sa.CheckConstraint(
            "step >= 0 AND step < steps", name=op.f("ck_verification_sessions_step_exists")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consents.id"], name=op.f("fk_verification_sessions_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_verification_sessions_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_sessions")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_verification_sessions_code_hash")),
    )
    op.create_index(
        "ix_verification_sessions_live",
        "verification_sessions",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "card_tokens",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PENDING",
                "ACTIVE",
                "STALE",
                "REVOKED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('L1', 'L2', 'L3')", name=op.f("ck_card_tokens_level")),
        sa.CheckConstraint("thumbprint <> ''", name=op.f("ck_card_tokens_bound")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_card_tokens_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_tokens")),
    )
    op.create_index(
        "uq_card_tokens_one_live",
        "card_tokens",
        ["card_id", "thumbprint"],
        unique=True,
        postgresql_where=sa.text("state <> 'REVOKED'"),
    )
    op.create_table(
        "certificate_files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["certificates.id"], name=op.f("fk_certificate_files_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_files")),
    )
    op.create_table(
        "certificate_sources",
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("exchange_id", sa.String(), nullable=False),
        sa.Column("record_version", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_sources_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name=op.f("fk_certificate_sources_exchange_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "source", name=op.f("pk_certificate_sources")),
    )
    op.create_index(
        "ix_certificate_sources_exchange_id", "certificate_sources", ["exchange_id"], unique=False
    )
    op.create_table(
        "seen_captures",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("likeness", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_sessions.id"], name=op.f("fk_seen_captures_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "n", name=op.f("pk_seen_captures")),
    )
    op.create_index("ix_seen_captures_expires_at", "seen_captures", ["expires_at"], unique=False)
    op.create_index("ix_seen_captures_person_hash", "seen_captures", ["person_hash"], unique=False)
    op.create_table(
        "seen_frames",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_sessions.id"], name=op.f("fk_seen_frames_session_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_seen_frames")),
    )
    op.create_index("ix_seen_frames_expires_at", "seen_frames", ["expires_at"], unique=False)
    op.create_table(
        "token_families",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("verification_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'REVOKED') = (reason IS NOT NULL)",
            name=op.f("ck_token_families_revoked_has_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'REVOKED') = (revoked_at IS NOT NULL)",
            name=op.f("ck_token_families_revoked_has_time"),
        ),
        sa.CheckConstraint("state IN ('ACTIVE', 'REVOKED')", name=op.f("ck_token_families_state")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_token_families_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verification_sessions.id"],
            name=op.f("fk_token_families_verification_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_families")),
        sa.UniqueConstraint("verification_id", name=op.f("uq_token_families_verification_id")),
    )
    op.create_index("ix_token_families_person_id", "token_families", ["person_id"], unique=False)
    op.create_table(
        "verification_evidence",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["verification_sessions.id"],
            name=op.f("fk_verification_evidence_session_id"),
        ),
        sa.PrimaryKeyConstraint("session_id", "n", name=op.f("pk_verification_evidence")),
    )
    op.create_table(
        "verification_steps",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["verification_sessions.id"],
            name=op.f("fk_verification_steps_session_id"),
        ),
        sa.PrimaryKeyConstraint("session_id", "n", name=op.f("pk_verification_steps")),
    )
    op.create_index(
        "ix_verification_steps_kept_until", "verification_steps", ["kept_until"], unique=False
    )
    op.create_table(
        "code_grants",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ISSUED",
                "CONSUMED",
                "EXPIRED",
                "SUPERSEDED",
                "REVOKED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminal_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'CONSUMED') = (terminal_id IS NOT NULL)", name=op.f("ck_code_grants_consumer")
        ),
        sa.CheckConstraint(
            "(state = 'ISSUED') = (ended_at IS NULL)", name=op.f("ck_code_grants_ended")
        ),
        sa.CheckConstraint("mode IN ('online', 'offline')", name=op.f("ck_code_grants_mode")),
        sa.CheckConstraint(
            "state <> 'CONSUMED' OR ended_at < expires_at",
            name=op.f("ck_code_grants_consumed_in_time"),
        ),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_code_grants_lives")),
        sa.CheckConstraint("octet_length(code_hash) = 32", name=op.f("ck_code_grants_code_hash")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_code_grants_terminal_id")
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["card_tokens.id"], name=op.f("fk_code_grants_token_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_grants")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_code_grants_code_hash")),
    )
    op.create_index("ix_code_grants_ended_at", "code_grants", ["ended_at"], unique=False)
    op.create_index(
        "uq_code_grants_one_live",
        "code_grants",
        ["token_id", "mode", "purpose"],
        unique=True,
        postgresql_where=sa.text("state = 'ISSUED'"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("family_id", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id"],
            ["token_families.id"],
            name=op.f("fk_refresh_tokens_family_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(
        "uq_refresh_tokens_family_id_unused",
        "refresh_tokens",
        ["family_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.create_table(
        "presentations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_presentations_card_id")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["code_grants.id"], name=op.f("fk_presentations_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_presentations_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentations")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_presentations_grant_id")),
    )
    op.create_index(op.f("ix_presentations_card_id"), "presentations", ["card_id"], unique=False)
    for statement in STATEMENTS:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    op.drop_index(op.f("ix_presentations_card_id"), table_name="presentations")
    op.drop_table("presentations")
    op.drop_index(
        "uq_refresh_tokens_family_id_unused",
        table_name="refresh_tokens",
        postgresql_where=sa.text("used_at IS NULL"),
    )
    op.drop_table("refresh_tokens")
    op.drop_index(
        "uq_code_grants_one_live",
        table_name="code_grants",
        postgresql_where=sa.text("state = 'ISSUED'"),
    )
    op.drop_index("ix_code_grants_ended_at", table_name="code_grants")
    op.drop_table("code_grants")
    op.drop_index("ix_verification_steps_kept_until", table_name="verification_steps")
    op.drop_table("verification_steps")
    op.drop_table("verification_evidence")
    op.drop_index("ix_token_families_person_id", table_name="token_families")
    op.drop_table("token_families")
    op.drop_index("ix_seen_frames_expires_at", table_name="seen_frames")
    op.drop_table("seen_frames")
    op.drop_index("ix_seen_captures_person_hash", table_name="seen_captures")
    op.drop_index("ix_seen_captures_expires_at", table_name="seen_captures")
    op.drop_table("seen_captures")
    op.drop_index("ix_certificate_sources_exchange_id", table_name="certificate_sources")
    op.drop_table("certificate_sources")
    op.drop_table("certificate_files")
    op.drop_index(
        "uq_card_tokens_one_live",
        table_name="card_tokens",
        postgresql_where=sa.text("state <> 'REVOKED'"),
    )
    op.drop_table("card_tokens")
    op.drop_index(
        "ix_verification_sessions_live",
        table_name="verification_sessions",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("verification_sessions")
    op.drop_index(op.f("ix_terminals_merchant_id"), table_name="terminals")
    op.drop_table("terminals")
    op.drop_index("ix_exchanges_source_at", table_name="exchanges")
    op.drop_index("ix_exchanges_person_id_id", table_name="exchanges")
    op.drop_index("ix_exchanges_case_id", table_name="exchanges")
    op.drop_table("exchanges")
    op.drop_index(
        "uq_certificates_live",
        table_name="certificates",
        postgresql_where=sa.text("state IN ('issuing', 'valid', 'suspended')"),
    )
    op.drop_index("ix_certificates_person_id_id", table_name="certificates")
    op.drop_table("certificates")
    op.drop_table("certificate_series")
    op.drop_index(
        "uq_cards_one_open",
        table_name="cards",
        postgresql_where=sa.text("state IN ('ISSUED', 'ACTIVE', 'FROZEN', 'LOST')"),
    )
    op.drop_table("cards")
    op.drop_index("ix_access_events_person_id_id", table_name="access_events")
    op.drop_table("access_events")
    op.drop_table("persons")
    op.drop_table("merchants")
    op.drop_table("lockouts")
    op.drop_table("idempotency_keys")
    op.drop_table("consents")
    op.execute(sa.schema.DropSequence(sa.Sequence("certificate_serials")))
    for name in ("certificates_keep", "refuse_state_move", "refuse_change"):
        op.execute(sa.text(f"DROP FUNCTION IF EXISTS {name}"))
