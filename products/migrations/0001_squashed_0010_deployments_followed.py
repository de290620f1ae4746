"""All tables of this app, as they are since 0010."""

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import foundation.text
from foundation.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("products", "0001_initial"),
        ("products", "0002_contacts_and_wake"),
        ("products", "0003_api_tokens"),
        ("products", "0004_role_holders"),
        ("products", "0005_process_drafts"),
        ("products", "0006_components_and_setup"),
        ("products", "0007_process_files"),
        ("products", "0008_repositories_and_deployments"),
        ("products", "0009_stages_of_a_store"),
        ("products", "0010_deployments_followed"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_api_tokens"),
        # Only so that they come first: what they alter points at people, and all that does would be made anew.
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Process",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=40, unique=True)),
                        ("name", models.CharField(max_length=120, validators=[foundation.text.plain_text])),
                        (
                            "current",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="products.processversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key"],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("text", models.TextField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("document", models.JSONField()),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("shipped", "Shipped with Nightdesk"),
                                    ("imported", "Imported here"),
                                    ("file", "From a file"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="products.process",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("process", "number"), name="one_version_per_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Product",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=80, validators=[foundation.text.plain_text])),
                        ("aliases", models.JSONField(blank=True, default=list)),
                        (
                            "first_release",
                            models.CharField(
                                blank=True, max_length=40, validators=[foundation.text.plain_text]
                            ),
                        ),
                        (
                            "version",
                            models.CharField(
                                blank=True, max_length=40, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="products.process",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="accounts.team",
                            ),
                        ),
                        ("call", models.URLField(blank=True, max_length=400)),
                        ("set_up_at", models.DateTimeField(blank=True, null=True)),
                        ("settled", models.JSONField(blank=True, default=list)),
                        ("policy", models.JSONField(blank=True, default=dict)),
                        (
                            "repository",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="products.repository",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("team"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("archived_at", None)),
                                name="one_product_per_name",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Environment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=80, validators=[foundation.text.plain_text])),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("dev", "Development"),
                                    ("staging", "Staging"),
                                    ("production", "Production"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="environments",
                                to="products.product",
                            ),
                        ),
                        ("hosts", models.JSONField(blank=True, default=list)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "slug"), name="one_environment_per_slug"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductSlug",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="slugs",
                                to="products.product",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Severity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=80)),
                        (
                            "mark",
                            models.CharField(
                                choices=[
                                    ("critical", "Critical"),
                                    ("high", "High"),
                                    ("medium", "Medium"),
                                    ("low", "Low"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField()),
                        ("position", models.PositiveSmallIntegerField()),
                        ("examples", models.JSONField(default=list)),
                        (
                            "proceed",
                            models.CharField(
                                choices=[("immediately", "Start at once"), ("defer", "Plan for a release")],
                                max_length=12,
                            ),
                        ),
                        ("defer_to", models.CharField(blank=True, max_length=80)),
                        ("targets", models.JSONField(default=dict)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="severities",
                                to="products.processversion",
                            ),
                        ),
                        ("wake", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["version", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("version"),
                                django.db.models.functions.text.Lower("key"),
                                name="one_severity_per_key",
                            ),
                            models.UniqueConstraint(
                                fields=("version", "position"), name="one_severity_per_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rank__gte", 1), ("rank__lte", 4)),
                                name="severity_rank_1_to_4",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=80, validators=[foundation.text.plain_text])),
                        ("address", models.EmailField(blank=True, max_length=254)),
                        ("whole_team", models.BooleanField(default=False)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="products.product",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("role", models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("product", "position"),
                                name="one_contact_per_position",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("address", ""), ("user__isnull", False), ("whole_team", False)),
                                    models.Q(
                                        ("user", None),
                                        ("whole_team", False),
                                        models.Q(("address", ""), _negated=True),
                                    ),
                                    models.Q(("address", ""), ("user", None), ("whole_team", True)),
                                    _connector="OR",
                                ),
                                name="contact_is_one_thing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TokenProduct",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="products.product",
                            ),
                        ),
                        (
                            "token",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="narrowed_to",
                                to="accounts.apitoken",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("token", "product"), name="token_narrowed_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoleHolder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("role", models.CharField(max_length=40)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="role_holders",
                                to="products.product",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["role", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "role", "user"), name="listed_once_per_role"
                            ),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("product", "role", "position"),
                                name="one_holder_per_position",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=40)),
                        ("text", models.TextField()),
                        ("guesses", models.JSONField(default=list)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "saved_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("discarded_at", models.DateTimeField(null=True)),
                        (
                            "base",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="products.processversion",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "published",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draft",
                                to="products.processversion",
                            ),
                        ),
                        (
                            "saved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-saved_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("discarded_at", None), ("published", None)),
                                fields=("key",),
                                name="one_open_draft_per_process",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Component",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=80, validators=[foundation.text.plain_text])),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="components",
                                to="products.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("product", "slug"), name="one_component_per_slug")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=255, unique=True)),
                        ("key", models.SlugField(blank=True, max_length=40)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("problems", models.JSONField(default=list)),
                        ("seen_at", models.DateTimeField()),
                        ("missing_since", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Repository",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("url", models.CharField(max_length=500)),
                        (
                            "forge",
                            models.CharField(
                                choices=[
                                    ("none", "Plain git"),
                                    ("github", "GitHub"),
                                    ("gitlab", "GitLab"),
                                    ("gitea", "Gitea or Forgejo"),
                                ],
                                default="none",
                                max_length=8,
                            ),
                        ),
                        ("username", models.CharField(blank=True, max_length=100)),
                        ("token", models.TextField(blank=True)),
                        ("hook_key", models.TextField(blank=True)),
                        ("hook_digest", models.CharField(max_length=64, unique=True)),
                        ("secret", models.TextField(blank=True)),
                        ("secret_before", models.TextField(blank=True)),
                        ("relaxed", models.JSONField(blank=True, default=list)),
                        ("write_back", models.BooleanField(default=False)),
                        ("web_url", models.CharField(blank=True, max_length=500)),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="repositories",
                                to="accounts.team",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "repositories",
                        "constraints": [
                            models.UniqueConstraint(fields=("team", "url"), name="one_repository_per_address")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VersionSeen",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("where", models.CharField(max_length=200)),
                        ("version", models.CharField(max_length=80)),
                        ("since", models.DateTimeField()),
                        ("seen_at", models.DateTimeField()),
                        (
                            "environment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="products.environment",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions_seen",
                                to="products.product",
                            ),
                        ),
                        ("handled_at", models.DateTimeField(null=True)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("api", "a script"),
                                    ("forge", "the forge"),
                                    ("person", "a person"),
                                    ("probe", "a monitor"),
                                ],
                                default="api",
                                max_length=8,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(fields=["product", "where", "-id"], name="version_seen_latest"),
                            models.Index(
                                condition=models.Q(("handled_at", None)),
                                fields=["id"],
                                name="version_seen_unhandled",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deployment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.CharField(max_length=80, validators=[foundation.text.plain_text])),
                        (
                            "git_ref",
                            models.CharField(
                                blank=True, max_length=250, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("hotfix", models.CharField(blank=True, max_length=24)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("started", "started"),
                                    ("succeeded", "succeeded"),
                                    ("failed", "failed"),
                                    ("rolled_back", "rolled back"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("api", "a script"),
                                    ("forge", "the forge"),
                                    ("person", "a person"),
                                    ("probe", "a monitor"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("foreign_id", models.CharField(blank=True, max_length=120)),
                        ("token", models.CharField(blank=True, max_length=80)),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "environment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deployments",
                                to="products.environment",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deployments",
                                to="products.product",
                            ),
                        ),
                        ("percent", models.PositiveSmallIntegerField(null=True)),
                        (
                            "stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("submitted", "submitted"),
                                    ("in_review", "in review"),
                                    ("released", "released"),
                                    ("halted", "halted"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("was", models.CharField(blank=True, max_length=80)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                fields=["product", "environment", "-at"], name="deployment_newest_first"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("foreign_id", ""), _negated=True),
                                fields=("product", "environment", "foreign_id", "status"),
                                name="one_row_per_foreign_deployment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                                name="percent_at_most_100",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("remedy", models.CharField(max_length=24, unique=True, verbose_name="remedy")),
                        ("incident", models.CharField(max_length=24)),
                        ("private", models.BooleanField(default=False)),
                        ("since", models.DateTimeField()),
                        ("free_at", models.DateTimeField(null=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="products.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("free_at", None)),
                                fields=["product"],
                                name="hold_standing",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
