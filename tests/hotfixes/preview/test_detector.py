"""Which migrations stand against going back, by their text alone: a table of what people write."""

import sys
import time
from textwrap import dedent

import pytest

from hotfixes.preview.detector import judge, kind_of

DJANGO = "shop/migrations/0007_change.py"
ALEMBIC = "alembic/versions/1f2e_change.py"
RAILS = "db/migrate/20260101000000_change.rb"
PRISMA = "prisma/migrations/20260101_change/migration.sql"
SQL = "migrations/V7__change.sql"


def django(operation: str) -> str:
    return (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('shop', '0006')]\n    operations = [{operation}]\n"
    )


def alembic(up: str, down: str = "op.create_table('x')") -> str:
    head = "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '1f2e'\ndown_revision = '0a'\n\n"
    return head + f"def upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"


def rails(body: str) -> str:
    lines = dedent(body).strip("\n").splitlines()
    inside = "\n".join("  " + line for line in lines)
    return f"class Change < ActiveRecord::Migration[7.1]\n{inside}\nend\n"


def change(body: str) -> str:
    return rails("def change\n" + "\n".join("  " + line for line in body.splitlines()) + "\nend")


TABLE = [
    # Django
    (DJANGO, django("migrations.CreateModel('Order', fields=[('id', models.AutoField(primary_key=True))])"),
     "none", ""),
    (DJANGO, django("migrations.DeleteModel(name='Order')"), "irreversible", "it deletes a table: Order"),
    (DJANGO, django("migrations.RemoveField('order', 'total')"), "irreversible", "it drops a column: order.total"),
    (DJANGO, django("migrations.RemoveField(model_name='order', name='total')"), "irreversible",
     "it drops a column: order.total"),
    (DJANGO, django("migrations.RenameField('order', 'a', 'b')"), "maybe",
     "it changes what is there: RenameField order.a"),
    (DJANGO, django("migrations.RenameModel('Order', 'Sale')"), "maybe",
     "it changes what is there: RenameModel Order.Sale"),
    (DJANGO, django("migrations.AlterField('order', 'total', models.IntegerField())"), "maybe",
     "it changes what is there: AlterField order.total"),
    (DJANGO, django("migrations.AddField('order', 'note', models.TextField(null=True))"), "none", ""),
    (DJANGO, django("migrations.AddField('order', 'tags', models.ManyToManyField('shop.Tag'))"), "none", ""),
    (DJANGO, django("migrations.AddField('order', 'note', models.TextField(default=''))"), "maybe",
     "it adds a column that must be filled: order.note"),
    (DJANGO, django("migrations.AddField('order', 'note', models.TextField(db_default=''))"), "none", ""),
    (DJANGO, django("migrations.AddIndex('order', models.Index(fields=['a'], name='i'))"), "none", ""),
    (DJANGO, django("migrations.RunPython(forwards)"), "irreversible", "RunPython without reverse_code: forwards"),
    (DJANGO, django("migrations.RunPython(forwards, reverse_code=None)"), "irreversible",
     "RunPython without reverse_code: forwards"),
    (DJANGO, django("migrations.RunPython(forwards, backwards)"), "maybe", "RunPython changes data: forwards"),
    (DJANGO, django("migrations.RunPython(forwards, migrations.RunPython.noop)"), "maybe",
     "RunPython changes data: forwards"),
    (DJANGO, django("migrations.RunPython(migrations.RunPython.noop)"), "none", ""),
    (DJANGO, django("migrations.RunSQL('CREATE INDEX i ON t (a)')"), "maybe", "RunSQL without reverse_sql"),
    (DJANGO, django("migrations.RunSQL('CREATE INDEX i ON t (a)', 'DROP INDEX i')"), "none", ""),
    (DJANGO, django("migrations.RunSQL('DROP TABLE t', reverse_sql='CREATE TABLE t ()')"), "irreversible",
     "it drops: drop table t"),
    (DJANGO, django("migrations.RunSQL([('DELETE FROM t WHERE a = %s', [1])], 'SELECT 1')"), "irreversible",
     "it deletes rows: delete from t where a = %s"),
    (DJANGO, django("migrations.RunSQL(open('x.sql').read())"), "irreversible",
     "RunSQL without reverse_sql, and its text is made by code"),
    (DJANGO, django("migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel('Order')])"), "none",
     ""),
    (DJANGO, django("migrations.SeparateDatabaseAndState([migrations.RemoveField('a', 'b')], [])"), "irreversible",
     "it drops a column: a.b"),
    (DJANGO, django("PartitionByMonth('order')"), "maybe", "it has an operation of its own: PartitionByMonth"),
    (DJANGO, "class Migration:\n    operations = made()\n", "maybe", "its operations are made by code"),
    (DJANGO, "class Migration:\n    operations = [op() for op in ops]\n", "maybe", "its operations are made by code"),
    (DJANGO, "def helper():\n    drop()\n", "none", ""),
    (DJANGO, "from shop.bases import Migration\n", "maybe", "its operations are made by code"),
    (DJANGO, "import shop.bases as bases\nMigration = bases.made()\n", "maybe", "its operations are made by code"),
    # Alembic
    (ALEMBIC, alembic("op.add_column('t', sa.Column('a', sa.String()))", "op.drop_column('t', 'a')"), "none", ""),
    (ALEMBIC, alembic("op.drop_column('t', 'a')"), "irreversible", "it drops a column: t.a"),
    (ALEMBIC, alembic("op.drop_table('t')"), "irreversible", "it drops a table: t"),
    (ALEMBIC, alembic("op.alter_column('t', 'a', type_=sa.Text())"), "maybe",
     "it changes what is there: alter_column t.a"),
    (ALEMBIC, alembic("op.add_column('t', sa.Column('a', sa.Text(), nullable=False))"), "maybe",
     "it adds a column that must be filled: t"),
    (ALEMBIC, alembic("op.create_index('i', 't', ['a'])", "pass"), "irreversible", "its downgrade does nothing"),
    (ALEMBIC, alembic("op.create_index('i', 't', ['a'])", "raise NotImplementedError"), "irreversible",
     "its downgrade refuses"),
    (ALEMBIC, alembic("op.execute('TRUNCATE t')"), "irreversible", "it empties: truncate t"),
    (ALEMBIC, alembic("op.execute(sa.text('UPDATE t SET a = 1'))"), "maybe",
     "it changes what is there: update t set a = 1"),
    (ALEMBIC, alembic("op.execute(made())"), "maybe", "it runs SQL that is made by code"),
    (ALEMBIC, alembic("op.get_bind().exec_driver_sql('DROP TABLE t')"), "irreversible", "it drops: drop table t"),
    (ALEMBIC, alembic("Base.metadata.drop_all(op.get_bind())"), "irreversible", "it drops all tables: "),
    (ALEMBIC, alembic("_go()") + "\n\ndef _go():\n    op.drop_table('t')\n", "maybe", "it drops a table: t"),
    (ALEMBIC, alembic("fill_totals()"), "maybe", "it calls code that stands elsewhere: fill_totals"),
    (ALEMBIC, alembic("pass", "pass"), "none", ""),
    ("api/versions/v2.py", "def drop_table(): pass\n", "none", ""),
    # Rails
    (RAILS, change("create_table :orders do |t|\n  t.string :name\nend"), "none", ""),
    (RAILS, change("drop_table :orders"), "irreversible", "it drops: drop_table :orders"),
    (RAILS, change("remove_column :orders, :total, :integer"), "irreversible",
     "it drops: remove_column :orders, :total, :integer"),
    (RAILS, change("rename_column :orders, :a, :b"),
     "maybe", "it changes what is there: rename_column :orders, :a, :b"),
    (RAILS, change("add_column :orders, :a, :string # drop_table :orders"), "none", ""),
    (RAILS, change("add_column :orders, :a, :string, null: false"), "maybe",
     "it adds a column that must be filled: add_column :orders, :a, :string, null: false"),
    (RAILS, rails("def up\n  add_index :a, :b\nend\ndef down\n  drop_table :a\nend"), "none", ""),
    (RAILS, rails("def up\n  add_index :a, :b\nend"), "irreversible", "it has an up and no down"),
    (RAILS, rails("def up\n  add_index :a, :b\nend\ndef down\n  raise ActiveRecord::IrreversibleMigration\nend"),
     "irreversible", "it says itself that there is no way back"),
    (RAILS, change("reversible do |dir|\n  dir.up { add_index :a, :b }\n  dir.down { drop_table :a }\nend"),
     "none", ""),
    (RAILS, change("reversible do |dir|\n  dir.down do\n    drop_table :a\n  end\nend"), "none", ""),
    (RAILS, change('connection.exec_query "DELETE FROM orders"'),
     "irreversible", "it deletes rows: delete from orders"),
    (RAILS, change('execute "DELETE FROM orders"'), "irreversible", "it deletes rows: delete from orders"),
    (RAILS, change("execute <<~SQL\n  DROP TABLE orders;\nSQL"), "irreversible", "it drops: drop table orders"),
    # Prisma and plain SQL
    (PRISMA, 'ALTER TABLE "User" DROP COLUMN "name";',
     "irreversible", "it drops a column: alter table n drop column n"),
    (PRISMA, 'CREATE TABLE "User" ("id" INT);', "none", ""),
    (SQL, "ALTER TABLE t DROP a;", "irreversible", "it drops a column: alter table t drop a"),
    (SQL, "ALTER TABLE t DROP CONSTRAINT c;", "none", ""),
    (SQL, "ALTER TABLE t ALTER COLUMN a DROP NOT NULL;", "none", ""),
    (SQL, "ALTER TABLE t ALTER COLUMN a TYPE bigint;", "maybe",
     "it changes what is there: alter table t alter column a type bigint"),
    (SQL, "ALTER TYPE mood ADD VALUE 'calm';", "maybe", "it changes what is there: alter type mood add value t"),
    (SQL, "ALTER TABLE t RENAME TO u;", "maybe", "it changes what is there: alter table t rename to u"),
    (SQL, "-- DROP TABLE t;\n/* TRUNCATE t; */ INSERT INTO t VALUES ('DROP TABLE t; DELETE FROM t');", "none", ""),
    (SQL, "drop\n  table   if exists t", "irreversible", "it drops: drop table if exists t"),
    (SQL, "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM t; END $$ LANGUAGE plpgsql;", "irreversible",
     "it deletes rows: create function f() returns void as begin delete from t"),
    (SQL, "CREATE INDEX i ON t (a);\n-- +goose Down\nDROP TABLE t;", "none", ""),
    (SQL, "-- Down payments move on.\nDROP TABLE payments;", "irreversible", "it drops: drop table payments"),
    (SQL, "CREATE INDEX i ON t (a);\n-- down\nDROP TABLE t;", "none", ""),
    (SQL, "-- migrate:down\nSELECT 1;\n-- migrate:up\nDROP TABLE t;", "irreversible", "it drops: drop table t"),
    (SQL, "INSERT INTO t VALUES ('it\\'s'); DROP TABLE t; SELECT 'a';", "maybe",
     "a text in it may end earlier or later than is read here"),
    (SQL, "SELECT 1;" * 20_000 + "DROP TABLE t;", "maybe", "too big to be read"),
    (SQL, "TRUNCATE TABLE t;", "irreversible", "it empties: truncate table t"),
    ("reports/monthly.sql", "DELETE FROM t;", "maybe", "it deletes rows: delete from t"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "verdict", "why"), TABLE)
def test_what_a_migration_does_to_the_way_back(path: str, text: str, verdict: str, why: str) -> None:
    found = judge(path, text.encode())
    assert (str(found.verdict), found.why[0] if found.why else "") == (verdict, why)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("shop/migrations/0001_initial.py", "django"),
        ("shop/migrations/__init__.py", ""),
        ("db/migrate/1_x.rb", "rails"),
        ("app/alembic/versions/1_x.py", "alembic"),
        ("prisma/migrations/1/migration.sql", "sql"),
        ("migrations/1_x.up.sql", "sql"),
        ("migrations/1_x.down.sql", ""),
        ("diesel/1/down.sql", ""),
        ("sql/U3__undo.sql", ""),
        ("prisma/schema.prisma", ""),
        ("docs/migrations/moving.md", ""),
    ],
)
def test_which_files_are_migrations(path: str, kind: str) -> None:
    assert kind_of(path) == kind


HOSTILE = {
    "a syntax error": b"class Migration(\n",
    "null bytes": b"class Migration:\0\0\0",
    "no UTF-8": b"\xff\xfe class Migration",
    "ten megabytes": b"x = 1\n" * 1_700_000,
    "brackets without end": b"class Migration:\n    operations = " + b"[" * 50_000,
    "signs without end": b"class Migration:\n    x = " + b"-" * 60_000 + b"1\n",
    "points without end": b"class Migration:\n    x = a" + b".b" * 100_000 + b"\n",
    "calls without end": b"class Migration:\n    x = a" + b"()" * 100_000 + b"\n",
    "code at import": b"import os\nos.system('touch /tmp/nd-owned')\nclass Migration:\n    operations = []\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", [DJANGO, RAILS, SQL, ALEMBIC])
def test_a_hostile_file_is_read_quickly_or_said_to_be_unreadable(path: str, name: str) -> None:
    """Nothing of it runs; whatever it holds, the answer comes, and it is never "irreversible" by accident."""
    before, began = sys.getrecursionlimit(), time.monotonic()
    data = HOSTILE[name]
    if path == ALEMBIC:
        data = b"down_revision = 'x'\n" + data
    found = judge(path, data)
    assert time.monotonic() - began < 5
    assert sys.getrecursionlimit() == before
    assert str(found.verdict) in ("maybe", "none")
    if path == DJANGO and name not in ("code at import",):
        assert str(found.verdict) == "maybe", found


def test_text_that_would_keep_an_expression_busy_is_over_soon() -> None:
    began = time.monotonic()
    for text in (
        "'" * 100_000,
        "$$" * 50_000,
        "/*" * 50_000,
        "$a$" * 30_000,
        "alter table " * 20_000,
        "drop " * 50_000,
    ):
        judge(SQL, text.encode())
    assert time.monotonic() - began < 5
