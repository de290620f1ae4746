"""Starting a hotfix: which version it mends, what its branch and tag are called, and the row that everything hangs on.

A process or a person may have begun it already by deciding or by saying so: then the row joins what was begun.
"""

from datetime import datetime
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from pydantic import ValidationError as PolicyError

from accounts.models import User
from foundation import moment, rounds
from foundation.crash import crashpoint
from foundation.refs import next_number
from hotfixes import patterns
from hotfixes.git import names
from hotfixes.lifecycle import counting, ending
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from incidents.lifecycle import undoing
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.messages import placeholders
from incidents.models import OPEN, Incident, Mode, TimelineEvent
from incidents.telling import recipients
from incidents.work.report import check_moment
from products.models import Product
from products.policies import joined, policy_of
from products.process.schema.policy import PolicySpec
from products.versions import bare, check_version
from products.vocabulary import EventKind

log = structlog.get_logger(__name__)

START = Step(EventKind.HOTFIX_STARTED, OPEN)
SLUG = 60


class Begun(TooLate):
    """This product's hotfix is under way: `standing` is it."""

    def __init__(self, incident: Incident, standing: Hotfix) -> None:
        super().__init__(incident, START)
        self.standing = standing

    @property
    def words(self) -> str:
        return _("%(hotfix)s is under way for %(product)s already.") % {
            "hotfix": self.standing.ref,
            "product": self.standing.product,
        }


def start(
    incident: Incident,
    *,
    by: User,
    product: Product | None = None,
    base_tag: str = "",
    slug: str = "",
    branch: str = "",
    component: str = "",
    version: str = "",
    at: datetime | None = None,
) -> Hotfix:
    """Begin `product`'s hotfix (the incident's own unless said otherwise); the promise to respond is kept by it.

    `base_tag` is the tag in production, `branch` a name that is there already, `version` the one that it brings, where
    it is not counted up. One that was taken back ends with it. Raises Begun, TooLate, or ValidationError by field.
    """
    product = product or incident.product
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        incident.read_again()
        if incident.status not in OPEN:
            raise TooLate(incident, START)
        if standing := incident.hotfixes.going_out().filter(product=product).first():
            raise Begun(incident, standing)
        check_moment(incident, at)
        found = _facts(incident, product, base_tag.strip(), slug.strip(), branch.strip(), component, version)
        counting.asked_for(found)
        number = next_number("HF")
        word = begun(incident) if product == incident.product else None
        if word is None:
            word = perform(
                incident, START, by=by, at=at, measured=True, hotfix=f"HF-{number}", product=product.name,
                branch=found["branch"], **anew(incident, product),
            )  # fmt: skip
            at = word.occurred_at
        return _make(incident, product, found, word, by=by, at=at, number=number)


def begun(incident: Incident) -> TimelineEvent | None:
    """The last word that began one since it was opened, or the one before ended; None if none waits for its row."""
    since = recipients.opened_at(incident)
    last = incident.hotfixes.filter(product=incident.product_id).order_by("-number").first()
    if last is not None:
        if last.is_going_out:
            return None
        since = max(filter(None, (since, last.ended_at, last.taken_back_at)))
    words = incident.events.filter(kind=EventKind.HOTFIX_STARTED, recorded_at__gte=since)
    if last is not None:  # who gives it up may say that it was over before it began
        words = words.filter(occurred_at__gt=last.started_at)
    return words.order_by("-seq").first()


def anew(incident: Incident, product: Product) -> dict[str, Any]:
    """What the beginning of `product`'s next hotfix says of what was told of the one before it."""
    again = product == incident.product and incident.hotfixes.filter(product=product).exists()
    return undoing.anew(incident) if again else {}


def again(incident: Incident) -> bool:
    """Whether there was one that goes on no more, given up or taken back, and nobody has begun the next."""
    mine = incident.hotfixes.filter(product=incident.product_id)
    return mine.exists() and not mine.going_out().exists() and begun(incident) is None


def decided(incident: Incident) -> None:
    """The row of what a decision has just begun, in its transaction, so that the next page shows it. What stands in its
    way keeps nobody from deciding: the ticker tries again.
    """
    if incident.mode == Mode.RETROSPECTIVE:
        return
    try:
        with transaction.atomic():
            _adopted(Incident.objects.for_page().get(pk=incident.pk))
    except Exception:
        log.exception("hotfix.not_begun", incident=incident.ref)


def adopt() -> int:
    """Rows for hotfixes that were begun by a person's word, or by a decision that could not make one; how many. For the
    ticker.
    """
    word = TimelineEvent.objects.filter(incident=OuterRef("pk"), kind=EventKind.HOTFIX_STARTED).order_by(
        "-seq"
    )
    rows = Hotfix.objects.filter(
        Q(status=Hotfix.Status.OPEN, taken_back_at=None)
        | Q(started_at__gte=OuterRef("begun_at"))
        | Q(ended_at__gt=OuterRef("told_at"))
        | Q(taken_back_at__gt=OuterRef("told_at")),
        incident=OuterRef("pk"),
        product=OuterRef("product"),
    )
    waiting = Incident.objects.open().filter(remedy_at__isnull=False).exclude(mode=Mode.RETROSPECTIVE)
    # Asked at each of the ticker's rounds: the words are read only of those that have no hotfix under way.
    standing = Hotfix.objects.going_out().filter(incident=OuterRef("pk"), product=OuterRef("product"))
    without = list(waiting.exclude(Exists(standing)).order_by().values_list("pk", flat=True))
    if not without:
        return 0
    waiting = (
        waiting.filter(pk__in=without)
        .annotate(
            begun_at=Subquery(word.values("occurred_at")[:1]),
            told_at=Subquery(word.values("recorded_at")[:1]),
        )
        .filter(begun_at__isnull=False)
    )
    return rounds.each("hotfix.adopt", waiting.exclude(Exists(rows)).for_page()[:20], _adopted)


def _adopted(incident: Incident) -> bool:
    """Whether it has a row now. A policy that cannot be read keeps it without one: its product's page says so."""
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=incident.pk)
        if not locked.exists():
            return False
        event = begun(incident)
        if event is None or incident.hotfixes.going_out().filter(product=incident.product).exists():
            return False
        try:
            facts = _facts(incident, incident.product, "", "", "", "")
        except ValidationError as problem:
            log.warning("hotfix.not_adopted", incident=incident.ref, problem=str(problem.messages[0])[:200])
            return False
        _make(incident, incident.product, facts, event, by=event.actor, at=event.occurred_at)
        return True


def _make(
    incident: Incident,
    product: Product,
    facts: dict[str, Any],
    word: TimelineEvent,
    *,
    by: User | None,
    at: datetime | None,
    number: int = 0,
) -> Hotfix:
    """`word`: by which it has begun. What was taken back ends, and the new one says so."""
    now, number = moment.now(), number or next_number("HF")
    earlier = incident.hotfixes.filter(product=product)
    begun_seq = word.seq - 1 if earlier.exists() else 0
    if before := earlier.open().first():
        ending.replaced(before, by=by, instead=f"HF-{number}")
    made = Hotfix.objects.create(
        number=number,
        incident=incident,
        product=product,
        repository=product.repository,
        begun_seq=begun_seq,
        started_at=at or now,
        started_by=by,
        look_at=now,
        **facts,
    )
    if product.repository:
        asking.fetch(product.repository)
    else:
        asking.ask(made)
    crashpoint("verb.hotfix_begun")
    return made


def _facts(
    incident: Incident,
    product: Product,
    base_tag: str,
    slug: str,
    branch: str,
    component: str,
    version: str = "",
) -> dict[str, Any]:
    try:
        rules = policy_of(product)
    except PolicyError:
        raise ValidationError(
            _("The policy of %(product)s cannot be read: mend it on the product's page.")
            % {"product": product}
        ) from None
    called = _called(incident, product)
    old = _old(incident, product, rules, called, base_tag)
    given = bare(check_version(version, "version"))
    new = given or counting.counted(old, rules, product)
    counting.check_order(old, given)
    return {
        "policy": joined(product),
        "called": called,
        "component": component or _component(product, rules),
        "old_version": old,
        "new_version": new,
        "base_tag": _name(base_tag, "base_tag", names.tag),
        "branch": _name(branch, "branch", names.branch),
        "slug": _slug(slug) or placeholders.slug_of(incident.title)[:SLUG] or incident.ref.lower(),
    }


def _called(incident: Incident, product: Product) -> str:
    document = (
        product.process.current.document if product.process.current else incident.process_version.document
    )
    return placeholders.tag_name(document, [product.name, *product.aliases]) or product.slug


def _component(product: Product, rules: PolicySpec) -> str:
    """The part of a monorepo that the product is, where its name says it; "" for all of them."""
    parts = {file.component for file in rules.version_files if file.component}
    words = f"{product.slug} {product.name} {' '.join(product.aliases)}".casefold()
    named = [part for part in parts if part in words]
    return named[0] if len(named) == 1 and not product.policy.get("version_files") else ""


def _old(incident: Incident, product: Product, rules: PolicySpec, called: str, base_tag: str) -> str:
    """By the tag that a person names, what the incident says, what is in production."""
    if base_tag:
        pattern = rules.base_tag or rules.tag or ""
        known = {"product": called}
        found = patterns.recognised(pattern, base_tag, known) if pattern else None
        version = (found or {}).get("old") or (found or {}).get("new")
        if version is None:
            words = {"tag": base_tag, "pattern": pattern}
            raise ValidationError(
                {"base_tag": _("“%(tag)s” is not a tag as the policy names them: %(pattern)s.") % words}
            )
        return version
    return counting.runs_in(incident, product)


def _name(text: str, field: str, check: Any) -> str:
    try:
        if text.startswith("-"):  # on a command line it would be an option
            raise names.BadName(text)
        if text:
            check(text)
    except names.BadName:
        raise ValidationError({field: _("Git has no such name: %(name)s.") % {"name": text[:80]}}) from None
    return text


def _slug(text: str) -> str:
    if text and not patterns.recognised("{slug}", text):
        raise ValidationError({"slug": _("Use small letters, digits, dots and dashes, such as login-loop.")})
    return text
