"""Drafts of a process: begin one, save it, look at guesses, publish it, throw it away.

What new incidents go by changes only when somebody publishes. That is a second person: somebody else than who last
changed the text; where nobody else may, the same person says so aloud, and the list of versions shows it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.text import plain_text
from products.drafts.examined import other_key
from products.drafts.obstacles import Blocked, Obstacle, obstacles
from products.models import Process, ProcessDraft, ProcessVersion
from products.process import load
from products.process.cross_references import RESERVED
from products.process.document import MAX_BYTES, MAX_LINES
from products.process.lines import lines
from products.process.problems import ProcessError
from products.sources.governed import check_free
from products.sources.import_process import Imported, import_process

_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
_log = structlog.get_logger(__name__)


class DraftOpen(Exception):
    """There is an open draft of this process already: one text at a time. `draft` is that one."""

    def __init__(self, draft: ProcessDraft) -> None:
        super().__init__(f"{draft} is open")
        self.draft = draft


class DraftChanged(Exception):
    """Somebody has saved, published or discarded it since it was read. `draft` is how it stands now."""

    def __init__(self, draft: ProcessDraft) -> None:
        super().__init__(f"{draft} has changed")
        self.draft = draft


def start_draft(
    text: str,
    *,
    key: str,
    by: User,
    base: ProcessVersion | None = None,
    guesses: Sequence[Mapping[str, Any]] = (),
) -> ProcessDraft:
    """A draft of the process `key` (which may not exist yet), begun from `base`. The text may be broken.

    Raises DraftOpen when there is one with another text (the same text again gives that draft), ValidationError for
    a key that no process can have, for a process that comes from a file, and for text that cannot be stored.
    """
    if not _KEY.fullmatch(key) or key in RESERVED:
        message = _("Use small letters, digits and -, beginning with a letter; at most 40. “new” is taken.")
        raise ValidationError({"key": message})
    check_free(key)
    _fit(text)
    now = moment.now()
    facts = {"base": base, "text": text, "guesses": list(guesses), "by": by, "saved_by": by}
    try:
        with transaction.atomic():
            draft = ProcessDraft.objects.create(key=key, at=now, saved_at=now, **facts)
    except IntegrityError:
        there = ProcessDraft.objects.open().filter(key=key).first()
        if there is None:
            raise
        if there.text != text:
            raise DraftOpen(there) from None
        return there
    _log.info("process.draft_started", process=key, by=by.pk)
    return draft


@transaction.atomic
def save_draft(draft: ProcessDraft, text: str, *, by: User, seen: str) -> ProcessDraft:
    """Stores `text`; `seen` is the sha256 of the text that `by` began from.

    Raises DraftChanged when somebody was faster (the text that is stored already is no change, so a resend is
    harmless), ValidationError for text that cannot be stored.
    """
    _fit(text)
    now = _open(draft)
    if text == now.text:
        return now
    if now.sha256 != seen:
        raise DraftChanged(now)
    now.text, now.saved_by, now.saved_at = text, by, moment.now()
    now.save(update_fields=["text", "saved_by", "saved_at"])
    _log.info("process.draft_saved", process=now.key, by=by.pk)
    return now


@transaction.atomic
def look_at(draft: ProcessDraft, places: Collection[int], *, by: User) -> ProcessDraft:
    """Marks the guesses at these places of the list as looked at; who did first stays."""
    now = _open(draft)
    for place, guess in enumerate(now.guesses):
        if place in places and not guess.get("seen_by"):
            guess["seen_by"] = by.signature
    now.save(update_fields=["guesses"])
    return now


@transaction.atomic
def go_on_from(draft: ProcessDraft, version: ProcessVersion, *, by: User) -> ProcessDraft:
    """Says that `by` has compared the draft with `version`, and that its own text shall follow it.

    Raises DraftChanged when `version` is not the current one any more.
    """
    now = _open(draft)
    if not Process.objects.filter(key=now.key, current=version).exists():
        raise DraftChanged(now)
    now.base = version
    now.save(update_fields=["base"])
    _log.info("process.draft_compared", process=now.key, version=version.number, by=by.pk)
    return now


@transaction.atomic
def publish(draft: ProcessDraft, *, by: User, aloud: bool = False, seen: str | None = None) -> Imported:
    """Makes the draft the current version; incidents that run keep theirs. Again: the same version, not created.

    `seen` is the sha256 of the text that `by` has read, `aloud` that they say they publish what they wrote
    themselves. Raises ProcessError for a document that cannot be used, Blocked for what else stands in the way,
    DraftChanged when the text is another one than `seen` or the draft was discarded.
    """
    # Locked in the order of an import, process before draft, and before `current` is compared.
    list(Process.objects.select_for_update().filter(key=draft.key))
    now = ProcessDraft.objects.select_for_update().get(pk=draft.pk)
    if now.published:
        return Imported(now.published, created=False)
    if now.discarded_at or (seen is not None and seen != now.sha256):
        raise DraftChanged(now)
    check(now)
    found = obstacles(now, by=by, aloud=aloud)
    if found:
        raise Blocked(found)
    imported = import_process(now.text.encode(), name=f"{now.key}.yaml", by=by)
    if not imported.created:  # stored by somebody at this very moment, as a new process
        raise Blocked([Obstacle("same", _("This text is in use already."))])
    now.published = imported.version
    now.save(update_fields=["published"])
    _log.info("process.published", process=now.key, version=imported.version.number, by=by.pk)
    return imported


@transaction.atomic
def discard(draft: ProcessDraft, *, by: User) -> ProcessDraft:
    """Throws the draft away; its row stays. Again is no error. Raises DraftChanged for a published one."""
    now = ProcessDraft.objects.select_for_update().get(pk=draft.pk)
    if now.published_id:
        raise DraftChanged(now)
    if not now.discarded_at:
        now.discarded_at = moment.now()
        now.save(update_fields=["discarded_at"])
        _log.info("process.draft_discarded", process=now.key, by=by.pk)
    return now


def check(draft: ProcessDraft) -> None:
    """Raises ProcessError for a document that cannot be used, or that is of another process than the draft."""
    found = load(draft.text.encode(), name=f"{draft.key}.yaml").key
    if found != draft.key:
        raise ProcessError([other_key(draft.text, key=draft.key, found=found)])


def _open(draft: ProcessDraft) -> ProcessDraft:
    """The row, locked. Raises DraftChanged for one that is over."""
    now = ProcessDraft.objects.select_for_update().get(pk=draft.pk)
    if now.published_id or now.discarded_at:
        raise DraftChanged(now)
    return now


def _fit(text: str) -> None:
    try:
        plain_text(text)
        size = len(text.encode())
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    except UnicodeEncodeError:
        raise ValidationError({"text": _("This is not text that can be stored as UTF-8.")}) from None
    if not text.strip():
        raise ValidationError({"text": _("There is no text yet. Paste it here.")})
    if size > MAX_BYTES:
        words = {"size": size, "most": MAX_BYTES}
        raise ValidationError({"text": _("This has %(size)s bytes; a process may have %(most)s.") % words})
    if len(lines(text)) > MAX_LINES:
        raise ValidationError({"text": _("A process may have at most %(most)s lines.") % {"most": MAX_LINES}})
