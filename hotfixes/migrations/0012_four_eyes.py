"""Four eyes as the database's own rule: nobody approves what they wrote, asked for or started; an approval is not
edited, only withdrawn once.

Plain SQL on purpose: no client can ask it to look away. The check constraint compares the row's own people; this
looks at the hotfix: who started it, where nobody is named who asked, and by name or address who wrote its commits.
"""

from django.db import migrations

RULES = """
CREATE FUNCTION approval_by_somebody_else() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fix hotfixes_hotfix%ROWTYPE;
    person accounts_user%ROWTYPE;
BEGIN
    SELECT * INTO STRICT fix FROM hotfixes_hotfix WHERE id = NEW.hotfix_id;
    SELECT * INTO STRICT person FROM accounts_user WHERE id = NEW.by_id;
    IF NEW.by_id = coalesce(NEW.requested_by_id, fix.started_by_id) OR EXISTS (
        SELECT FROM jsonb_array_elements_text(fix.authors) author
        WHERE lower(author) IN (lower(person.email), nullif(lower(person.name), ''))
    ) THEN
        RAISE EXCEPTION 'an approval needs somebody who neither wrote the fix nor asked for it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_somebody_else';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER approval_by_somebody_else BEFORE INSERT ON hotfixes_approval
    FOR EACH ROW EXECUTE FUNCTION approval_by_somebody_else();

CREATE FUNCTION approval_is_not_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
        AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an approval is withdrawn, never edited: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER approval_is_not_edited BEFORE UPDATE OR DELETE ON hotfixes_approval
    FOR EACH ROW EXECUTE FUNCTION approval_is_not_edited();
"""

AWAY = """
DROP TRIGGER approval_is_not_edited ON hotfixes_approval;
DROP FUNCTION approval_is_not_edited();
DROP TRIGGER approval_by_somebody_else ON hotfixes_approval;
DROP FUNCTION approval_by_somebody_else();
"""


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0011_rollbacks_watches_questions_approvals")]

    operations = [migrations.RunSQL(RULES, AWAY)]
