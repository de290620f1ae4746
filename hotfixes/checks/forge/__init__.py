"""What a forge alone knows: the request for review, whose approval, CI and the release. Its word is held against git:
`merged` on a forge proves nothing, and an approval counts for the one commit that stood there when it was given.
"""

from typing import Final

from hotfixes.checks.forge.approved import approval
from hotfixes.checks.forge.ci import ci_passed
from hotfixes.checks.forge.published import release_published
from hotfixes.checks.forge.requested import review_requested

FAMILY: Final = (review_requested, approval, ci_passed, release_published)
