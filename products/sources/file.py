"""A file of NIGHTDESK_PROCESS_DIR as it was last looked at: what it brought, and what is wrong with it."""

from django.db import models

# What is wrong with the folder itself goes by this name.
FOLDER = "."


class ProcessFileQuerySet(models.QuerySet["ProcessFile"]):
    def there(self) -> "ProcessFileQuerySet":
        """Those whose file is in the folder: their processes are read-only in the browser."""
        return self.filter(missing_since=None).exclude(name=FOLDER)

    def broken(self) -> "ProcessFileQuerySet":
        return self.exclude(problems=[])


class ProcessFile(models.Model):
    """`key` is the process it named when it was last whole; `problems` are those of its present text, each as
    `file:line: path: what was expected`. A file that is gone keeps its row, so that this can be said.
    """

    name = models.CharField(max_length=255, unique=True)
    key = models.SlugField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    problems = models.JSONField(default=list)
    # When this text was first seen, and since when there is no such file.
    seen_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True)

    objects = ProcessFileQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
