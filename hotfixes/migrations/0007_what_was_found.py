from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0006_judged_and_told")]

    operations = [
        migrations.AddField(model_name="mirror", name="found", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="mirror", name="hook", field=models.JSONField(default=dict)),
    ]
