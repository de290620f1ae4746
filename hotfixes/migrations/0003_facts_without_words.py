"""What people said of an incident stands on its timeline, where it can be redacted: no decision keeps a copy."""

from django.db import migrations

TAKE = """
UPDATE hotfixes_decision SET facts = facts - 'title' - 'impact' - 'workaround' - 'users_source';
"""


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0002_words_on_the_timeline")]

    operations = [migrations.RunSQL(TAKE, migrations.RunSQL.noop)]
