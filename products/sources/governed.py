"""Which processes a file decides (NIGHTDESK_PROCESS_DIR): nobody changes those in the browser."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from products.sources.file import FOLDER, ProcessFile

__all__ = ["FOLDER", "check_free", "file_of", "governing"]


def governing(key: str) -> ProcessFile | None:
    """The file that the process `key` comes from, while it is there: the browser does not change it then."""
    if settings.NIGHTDESK_PROCESS_DIR is None:
        return None
    return ProcessFile.objects.there().filter(key=key).first()


def check_free(key: str) -> None:
    """ValidationError where a file decides what the process `key` says."""
    file = governing(key)
    if file:
        words = {"file": file.name}
        raise ValidationError(
            {"key": _("This process comes from the file %(file)s. Change it there, or take it away.") % words}
        )


def file_of(key: str) -> ProcessFile | None:
    """What is known of the process's file, also of one that is gone. None where there never was one."""
    rows = ProcessFile.objects.filter(key=key).exclude(name=FOLDER)
    return (
        rows.order_by(F("missing_since").asc(nulls_first=True)).first()
        if settings.NIGHTDESK_PROCESS_DIR
        else None
    )
