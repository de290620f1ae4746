"""What the copy of the repository shows of a way back: the tag, and the migrations as the preview read them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.models import Mirror, Preview, RefObservation
from hotfixes.rollback.known import Seen, Way, unknown
from products.vocabulary import Verdict

# Trouble of a preview that is no trouble of the repository.
NO_TAG = "no_tag"


def tag(way: Way) -> Seen:
    """That it can be deployed nobody sees; that it is there, the copy of the repository shows."""
    if way.product.repository_id is None:
        return unknown(_("No repository is connected: look whether the tag is there."))
    if way.target is None or not way.target.ref:
        return unknown(_("Nobody knows which tag ran before."))
    name = f"refs/tags/{way.target.ref}"
    rows = RefObservation.objects.filter(repository=way.product.repository_id, name=name)
    last = rows.order_by("-pk").first()
    mirror = Mirror.objects.filter(repository=way.product.repository_id).first()
    looked = mirror.good_at if mirror else None
    facts = {"tag": way.target.ref}
    if looked is None:
        return unknown(_("The repository has not been read yet."), None, **facts)
    if last is None or not last.commit:
        return Seen(Verdict.FAIL, _("There is no tag %(tag)s.") % facts, looked, facts)
    facts["commit"] = last.commit
    if mirror and mirror.state == Mirror.State.TROUBLE:
        return unknown(
            _("The tag %(tag)s was there; now the repository cannot be read.") % facts, looked, **facts
        )
    return Seen(Verdict.PASS, _("The tag %(tag)s is there.") % facts, looked, facts)


def migrations(way: Way) -> Seen:
    """By the preview: nothing of the repository is run, so "none found" is the most that can be said."""
    preview = way.preview
    if preview is None or not preview.made_at:
        return unknown(why_no_preview(way, preview))
    read = preview.data.get("migrations") or {}
    at, facts = preview.made_at, {"verdict": read.get("verdict", ""), "paths": read.get("paths", [])[:20]}
    files = read.get("files") or []
    if read.get("verdict") == "irreversible":
        worst = next(one for one in files if one["verdict"] == "irreversible")
        words = {"path": worst["path"], "why": "; ".join(worst["why"][:3])}
        return Seen(Verdict.FAIL, _("%(path)s cannot be taken back: %(why)s.") % words, at, facts)
    if read.get("verdict") == "maybe":
        doubtful = next((one for one in files if one["verdict"] == "maybe"), None)
        words = {"path": doubtful["path"], "why": "; ".join(doubtful["why"][:3])} if doubtful else {}
        said = _("%(path)s may be a problem: %(why)s.") % words if words else str(read.get("why", ""))
        return unknown(said, at, **facts)
    if read.get("verdict") != "none":
        return unknown(_("The migrations could not be read."), at, **facts)
    if files:
        n = len(files)
        said = ngettext(
            "%(n)s migration since then, and it can be taken back, as far as its text says.",
            "%(n)s migrations since then, and they can be taken back, as far as their texts say.", n,
        ) % {"n": n}  # fmt: skip
        return Seen(Verdict.PASS, said, at, facts)
    return Seen(Verdict.PASS, _("No migration between the two was found."), at, facts)


def is_old(preview: Preview) -> bool:
    """Whether it speaks of other commits than its two tags name now, or one of them is gone."""
    if preview.trouble == NO_TAG:
        return True
    then = {
        f"refs/tags/{preview.from_ref}": preview.from_commit, f"refs/tags/{preview.to_ref}": preview.to_commit,
    }  # fmt: skip
    rows = RefObservation.objects.filter(repository__products=preview.product_id, name__in=list(then))
    now = rows.order_by("name", "-pk").distinct("name").values_list("name", "commit")
    return any(then[name] and commit != then[name] for name, commit in now)


def why_no_preview(way: Way, preview: Preview | None) -> str:
    if way.product.repository_id is None:
        return _("No repository is connected: nobody can read the migrations.")
    if way.target is None or not way.target.ref or way.running is None or not way.running.ref:
        return _("Nobody knows the two tags to compare.")
    if preview and preview.trouble == NO_TAG:
        return _("There is no tag %(tag)s.") % {"tag": preview.detail}
    if preview and preview.trouble:
        return _("The difference could not be read: %(why)s") % {"why": preview.detail or preview.trouble}
    return _("The difference has not been read yet.")
