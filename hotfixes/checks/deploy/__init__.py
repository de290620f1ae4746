"""What deploy scripts, forges, running services and people show of the deployment and of what came right after it."""

from typing import Final

from hotfixes.checks.deploy.artifacts import artifact_built, artifact_stored
from hotfixes.checks.deploy.limit import within_limit
from hotfixes.checks.deploy.live import version_live
from hotfixes.checks.deploy.production import deployed
from hotfixes.checks.deploy.smoke_tests import smoke
from hotfixes.checks.deploy.tried import reproduced, rollback_verified, verified_live

FAMILY: Final = (
    deployed,
    within_limit,
    version_live,
    smoke,
    verified_live,
    artifact_built,
    artifact_stored,
    rollback_verified,
    reproduced,
)
