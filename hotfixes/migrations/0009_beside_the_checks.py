from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hotfixes", "0008_said_on_the_forge"),
    ]

    operations = [
        migrations.AddField(
            model_name="hotfix",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="hotfix",
            name="verify_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="hotfix",
            name="preflight",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="hotfix",
            name="guard",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="hotfix",
            name="authors",
            field=models.JSONField(default=list),
        ),
    ]
