"""The clock of a simulation: the real verbs run by it, in a transaction that the database will not let commit.

`public.clock_timestamp()` stands behind PostgreSQL's own until a transaction puts its schema first (incidents/
simulation/stage.py). It tells another time only while a row lies in this table, and a row in this table makes the
commit fail: no entry of a timeline that stays can carry a made-up moment, whoever asks for one.
"""

from django.db import migrations

MAKE = """
CREATE TABLE incidents_simulatedmoment (at timestamptz NOT NULL);

CREATE FUNCTION simulation_never_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a simulation never stays: roll this transaction back'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE CONSTRAINT TRIGGER simulation_never_stays AFTER INSERT OR UPDATE ON incidents_simulatedmoment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION simulation_never_stays();

CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT coalesce((SELECT at FROM incidents_simulatedmoment LIMIT 1), pg_catalog.clock_timestamp())
$$;
"""

UNDO = """
DROP FUNCTION IF EXISTS public.clock_timestamp();
DROP TABLE incidents_simulatedmoment;
DROP FUNCTION simulation_never_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_attachments")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
