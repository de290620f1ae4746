"""The deployments of a hotfix in order: which are its own, which one counts, and since when it is live."""

from datetime import datetime

from hotfixes.checks.context import Context
from hotfixes.checks.facts import PRODUCTION, Deployed, Told
from hotfixes.checks.naming import Match, match, newer
from hotfixes.checks.process import deploys_to


def there(context: Context) -> list[Deployed]:
    """What was reported of the environments that the process means, the oldest first."""
    kind = deploys_to(context)
    return sorted((one for one in context.deployed if one.kind == kind), key=lambda one: one.at)


def ours(context: Context) -> list[Deployed]:
    return [one for one in there(context) if match(context, one) is Match.OURS]


def probably_ours(context: Context) -> list[Deployed]:
    """Those too whose ref nobody can compare."""
    return [one for one in there(context) if match(context, one) in (Match.OURS, Match.UNSURE)]


def first_success(context: Context) -> Deployed | None:
    return next((one for one in ours(context) if one.status == "succeeded"), None)


def went_live(context: Context) -> datetime | None:
    """When the last deployment of the hotfix ended well and nothing took it back since, by a report or by a word."""
    reports = [one for one in probably_ours(context) if one.status != "started"]
    if not reports:  # with users, although nobody reported the place that the process deploys to first
        mine = (one for one in context.deployed if one.kind == PRODUCTION and one.status != "started")
        reports = [one for one in mine if match(context, one) in (Match.OURS, Match.UNSURE)]
    elsewhere = taken_elsewhere(context)
    if elsewhere and (not reports or reports[-1].at <= elsewhere.at):
        return None
    if reports:
        return reports[-1].at if reports[-1].status == "succeeded" else None
    said = said_deployed(context)
    return said.at if said else None


def said_deployed(context: Context) -> Told | None:
    """A person's word that it is deployed, unless somebody took it back."""
    last = last_told(context, "deployed", "deploy_failed", "rolled_back", "taken_back")
    return last if last and last.kind == "deployed" and last.said else None


def last_told(context: Context, *kinds: str) -> Told | None:
    return max((one for one in context.told if one.kind in kinds), key=lambda one: one.seq, default=None)


def taken_back(context: Context, since: datetime) -> Told | None:
    """A person's word that a deployment failed or was rolled back, after `since`."""
    words = [one for one in context.told if one.kind in ("deploy_failed", "rolled_back") and one.said]
    return next((one for one in reversed(words) if one.at > since), None)


def taken_elsewhere(context: Context) -> Told | None:
    """That another incident's rollback took the fix back, unless it was brought out again since."""
    last = last_told(context, "deployed", "taken_back")
    return last if last and last.kind == "taken_back" else None


def gone_back(context: Context) -> datetime | None:
    """When production last lost the hotfix, by a report or by a word: what it said of its version before is no news."""
    reports = there(context)
    ours = [one for one in reports if match(context, one) in (Match.OURS, Match.UNSURE)]
    if not ours:
        return None
    first = ours[0].at
    lost = [
        one.at
        for one in reports
        if one.status in ("failed", "rolled_back") and (one in ours or not newer(context, one.version))
    ]
    lost += [one.at for one in reports if one.status == "succeeded" and one not in ours]
    word = taken_back(context, first)
    return max([one for one in [*lost, *([word.at] if word else [])] if one > first], default=None)


def in_use(context: Context) -> datetime | None:
    """Since when the fix can be tried: the last success of it anywhere, on the dev server too."""
    if taken_elsewhere(context):
        return None
    ours = (Match.OURS, Match.UNSURE)
    done = [one.at for one in context.deployed if one.status == "succeeded" and match(context, one) in ours]
    return max([*done, *filter(None, [went_live(context)])], default=None)
