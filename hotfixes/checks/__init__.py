"""Checks: pure functions from what is known about a hotfix to a verdict with its proof. A new family is one package
with `FAMILY`, its checks named by their keys, and one line in FAMILIES. No data is never PASS.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from hotfixes.checks import app, deploy, forge, git
from hotfixes.checks.context import Context
from hotfixes.checks.given import Observation
from hotfixes.checks.remembering import Remembering
from hotfixes.checks.shapes import Next, Result, Verdict, unknown
from hotfixes.git.names import BadName
from hotfixes.git.trouble import GitError
from hotfixes.patterns import BadPattern

__all__ = ["CHECKS", "Check", "Context", "Next", "Observation", "Result", "Verdict", "evaluate"]

type Check = Callable[[Context], Result]

FAMILIES: Final = (git.FAMILY, forge.FAMILY, deploy.FAMILY, app.FAMILY)
CHECKS: Final[Mapping[str, Check]] = {check.__name__: check for family in FAMILIES for check in family}


def evaluate(context: Context, keys: Collection[str] = tuple(CHECKS)) -> dict[str, Result]:
    """These checks, all on the same moment of the repository; trouble with it is UNKNOWN and says itself. Raises
    KeyError for another key. With a reader that remembers already, further questions share its moment.
    """
    if not isinstance(context.reader, Remembering):
        context = replace(context, reader=Remembering(context.reader))
    return {key: _evaluated(CHECKS[key], context) for key in keys}


def _evaluated(check: Check, context: Context) -> Result:
    try:
        return check(context)
    except GitError as problem:
        detail = (problem.detail,) if problem.detail else ()
        return unknown(_("Can't tell: %s") % problem.sentence, *detail, trouble=str(problem.trouble))
    except (BadPattern, BadName) as problem:
        return unknown(_("Can't tell: a name or pattern of the process cannot be used."), str(problem)[:200])
