"""What only PostgreSQL has: the full-text index behind the queue's search, and the planner's knowledge
that an enquiry without a reply is mostly not closed either (else it takes open ones for far fewer)."""

from typing import ClassVar

from django.db import migrations

FORWARDS = [
    "CREATE INDEX enquiry_subject_words ON enquiries_enquiry"
    " USING gin (to_tsvector('english'::regconfig, COALESCE(subject, '')))",
    "CREATE STATISTICS enquiry_open (mcv) ON authority_id, replied_on, closed_at FROM enquiries_enquiry",
]
BACKWARDS = ["DROP STATISTICS enquiry_open", "DROP INDEX enquiry_subject_words"]


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies: ClassVar = [("enquiries", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS))]
