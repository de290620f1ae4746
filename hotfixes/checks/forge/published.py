"""Is there a release of our tag, for everybody to see (K115)?"""

from shlex import quote

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.forge.which_pull import is_github, silence
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, unknown
from hotfixes.forges.moments import written
from hotfixes.forges.shapes import Part, Release


def release_published(context: Context) -> Result:
    if not context.tag_name:
        return not_needed(_("The process names no tag, and so no release of one."))
    if silent := silence(context, Part.RELEASES):
        return silent
    words = {"tag": context.tag_name}
    release = _release(context)
    if release is None and context.tag is None:
        return pending(_("The tag %(tag)s is not there yet, and so no release of it.") % words)
    if release is None:
        return pending(_("There is no release of %(tag)s yet.") % words, then=_make(context))
    at = written(release.published_at) if release.published_at else ""
    proof = f"{release.tag} {release.name[:120]} {at} {release.url}".replace("  ", " ").strip()
    facts = {"tag": release.tag, "url": release.url, "published_at": at or None}
    if release.draft:
        then = Next(_("Publish it."), _gh(context, f"gh release edit {quote(release.tag)} --draft=false"))
        return pending(_("The release of %(tag)s is still a draft.") % words, proof, then=then, **facts)
    if context.tag is None:
        said = (
            _("Can't tell: the forge shows a release of %(tag)s, but the tag is not in the repository.")
            % words
        )
        return unknown(said, proof, then=Next(_("Look whether the tag was deleted.")), **facts)
    if release.prerelease:
        then = Next(
            _("Take the mark away."), _gh(context, f"gh release edit {quote(release.tag)} --prerelease=false")
        )
        return failed(
            _("The release of %(tag)s is marked as a pre-release.") % words, proof, then=then, **facts
        )
    return passed(_("The release of %(tag)s is published.") % words, proof, **facts)


def _release(context: Context) -> Release | None:
    found = context.forge.releases if context.forge else ()
    ours = [one for one in found if one.tag == context.tag_name]
    return min(ours, key=lambda one: (one.draft, one.prerelease), default=None)


def _make(context: Context) -> Next:
    tag = quote(context.tag_name)
    title = quote(context.filled(context.policy.tag_message or context.tag_name))
    command = f"gh release create {tag} --verify-tag --title {title} --generate-notes"
    return Next(_("Make the release on the forge, from this tag."), _gh(context, command))


def _gh(context: Context, command: str) -> tuple[str, ...]:
    return (command,) if is_github(context) else ()
