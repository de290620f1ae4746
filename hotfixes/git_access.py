"""Where git and forges may go: what the operator opened for probes or webhooks, over the protocols he allows."""

from pathlib import Path

from django.conf import settings

from hotfixes.git.address import Access
from network.egress import Policy


def access() -> Access:
    """For repositories. Where files are allowed at all, any folder that this server may read can be one."""
    return Access(policy(), tuple(settings.NIGHTDESK_GIT_PROTOCOLS))


def policy() -> Policy:
    """A host that the operator opened for one purpose may be asked for code as well."""
    probe, webhook = Policy.from_settings("probe"), Policy.from_settings("webhook")
    return Policy(probe.networks | webhook.networks, probe.variable)


def protocols() -> tuple[str, ...]:
    """Those that reach a forge's API."""
    return tuple(name for name in settings.NIGHTDESK_GIT_PROTOCOLS if name in ("https", "http"))


def mirrors() -> Path:
    """The folder of all mirrors on this machine."""
    return Path(settings.NIGHTDESK_DATA) / "mirrors"
