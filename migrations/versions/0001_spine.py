"""The spine: organisations, people, keys, cases, the audit chain, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001_spine"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("actor_kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_audit_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_audit_entry_organisation_id_subject_id"),
        "audit_entry",
        ["organisation_id", "subject_id"],
        unique=False,
    )
    op.create_table(
        "audit_head",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_audit_head")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_pending",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_audit_pending")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("route", sa.String(length=60), nullable=False),
        sa.Column("how_raised", sa.String(length=40), nullable=False),
        sa.Column("raised_anonymously", sa.Boolean(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("primary_id", sa.Uuid(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=False),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("worker_group", sa.String(length=60), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("at_risk_now", sa.Boolean(), nullable=False),
        sa.Column("unannounced", sa.Boolean(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("notice_waiting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_case")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_case_organisation_id_ref")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_organisation_id_state"), "case", ["organisation_id", "state"], unique=False)
    op.create_table(
        "code",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("set", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "set", "key", "valid_from", name=op.f("pk_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "compartment",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("records_behind", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_compartment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_compartment_organisation_id_case_id"), "compartment", ["organisation_id", "case_id"], unique=False
    )
    op.create_table(
        "directorate",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_directorate")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_directorate_organisation_id_name"), "directorate", ["organisation_id", "name"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "token_hash", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_log_entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_key_log_entry")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("guardian_phone", sa.Text(), nullable=False),
        sa.Column("guardian_hours", sa.Text(), nullable=False),
        sa.Column("next_look_hours", sa.Text(), nullable=False),
        sa.Column("first_look_hour", sa.Integer(), nullable=False),
        sa.Column("leave_address", sa.Text(), nullable=False),
        sa.Column("staff_mail_domains", sa.Text(), nullable=False),
        sa.Column("acknowledge_days", sa.Integer(), nullable=False),
        sa.Column("file_count_limit", sa.Integer(), nullable=False),
        sa.Column("file_size_limit", sa.Integer(), nullable=False),
        sa.Column("small_group", sa.Integer(), nullable=False),
        sa.Column("intake_stopped", sa.Boolean(), nullable=False),
        sa.Column("logo_file", sa.Text(), nullable=False),
        sa.Column("privacy_contact", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_outbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "parked_draft",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("lookup_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "lookup_hash", name=op.f("pk_parked_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), nullable=False),
        sa.Column("workplace", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt_generation",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("memory_kib", sa.Integer(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("lanes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt_generation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reporter",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("lookup_hash", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_state", sa.LargeBinary(), nullable=False),
        sa.Column("words_changed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_reporter")),
        sa.UniqueConstraint("organisation_id", "lookup_hash", name=op.f("uq_reporter_organisation_id_lookup_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_reporter_organisation_id_case_id"), "reporter", ["organisation_id", "case_id"], unique=False
    )
    op.create_table(
        "routing_draft",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("primary_id", sa.Uuid(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_routing_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "site",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("emergency_number", sa.Text(), nullable=False),
        sa.Column("manager_on_call", sa.Text(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_site")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_site_organisation_id_name"), "site", ["organisation_id", "name"], unique=False)
    op.create_table(
        "stored_blob",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_stored_blob")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_element",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["case.organisation_id", "case.id"],
            name=op.f("fk_case_element_organisation_id_case_id_case"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "case_id", "element", name=op.f("pk_case_element")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "grant_to",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("principal_kind", sa.String(length=40), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "compartment_id"],
            ["compartment.organisation_id", "compartment.id"],
            name=op.f("fk_grant_to_organisation_id_compartment_id_compartment"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "compartment_id", "principal_kind", "principal_id", name=op.f("pk_grant_to")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_grant_to_organisation_id_principal_id_kind_case_id"),
        "grant_to",
        ["organisation_id", "principal_id", "kind", "case_id"],
        unique=False,
    )
    op.create_table(
        "host_name",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_host_name_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_name")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitation",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_invitation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_pair",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("memory_kib", sa.Integer(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("lanes", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_root", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_key_pair_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_key_pair")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_record",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_previous", sa.LargeBinary(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("countersigner_id", sa.Uuid(), nullable=True),
        sa.Column("countersignature", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "compartment_id"],
            ["compartment.organisation_id", "compartment.id"],
            name=op.f("fk_key_record_organisation_id_compartment_id_compartment"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "compartment_id", "version", name=op.f("pk_key_record")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("pk_membership")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reporter_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_reporter_session_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_reporter_session")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_record",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "compartment_id"],
            ["compartment.organisation_id", "compartment.id"],
            name=op.f("fk_sealed_record_organisation_id_compartment_id_compartment"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_sealed_record")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_sealed_record_organisation_id_compartment_id"),
        "sealed_record",
        ["organisation_id", "compartment_id"],
        unique=False,
    )
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery_hashes", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seen_state",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seen_state_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("pk_seen_state")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_root", sa.LargeBinary(), nullable=False),
        sa.Column("second_factor_done", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_staff_session_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_session_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_staff_session_person_id"), "staff_session", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_staff_session_person_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("seen_state")
    op.drop_table("second_factor")
    op.drop_index(op.f("ix_sealed_record_organisation_id_compartment_id"), table_name="sealed_record")
    op.drop_table("sealed_record")
    op.drop_table("reporter_session")
    op.drop_table("membership")
    op.drop_table("key_record")
    op.drop_table("key_pair")
    op.drop_table("invitation")
    op.drop_table("host_name")
    op.drop_index(op.f("ix_grant_to_organisation_id_principal_id_kind_case_id"), table_name="grant_to")
    op.drop_table("grant_to")
    op.drop_table("case_element")
    op.drop_table("stored_blob")
    op.drop_index(op.f("ix_site_organisation_id_name"), table_name="site")
    op.drop_table("site")
    op.drop_table("routing_draft")
    op.drop_index(op.f("ix_reporter_organisation_id_case_id"), table_name="reporter")
    op.drop_table("reporter")
    op.drop_table("receipt_generation")
    op.drop_table("person")
    op.drop_table("parked_draft")
    op.drop_table("outbox")
    op.drop_table("organisation")
    op.drop_table("key_log_entry")
    op.drop_table("draft")
    op.drop_index(op.f("ix_directorate_organisation_id_name"), table_name="directorate")
    op.drop_table("directorate")
    op.drop_index(op.f("ix_compartment_organisation_id_case_id"), table_name="compartment")
    op.drop_table("compartment")
    op.drop_table("code")
    op.drop_index(op.f("ix_case_organisation_id_state"), table_name="case")
    op.drop_table("case")
    op.drop_table("audit_pending")
    op.drop_table("audit_head")
    op.drop_index(op.f("ix_audit_entry_organisation_id_subject_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
