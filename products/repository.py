"""Where a product's code lies, and the forge around it. Several products may share one repository (a monorepo)."""

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.secrets import SecretLost, seal, unseal


class Forge(models.TextChoices):
    """Whose API and hooks it speaks: said by a person, never guessed from what arrives."""

    NONE = "none", _("Plain git")
    GITHUB = "github", _("GitHub")
    GITLAB = "gitlab", _("GitLab")
    GITEA = "gitea", _("Gitea or Forgejo")


class Repository(models.Model):
    """`token` reads the repository and the forge; `secret` signs the forge's hooks, `secret_before` stays valid while
    it is being replaced. All are sealed. `hook_key` is in the receiver's address, found by its digest.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="repositories")
    url = models.CharField(max_length=500)
    forge = models.CharField(max_length=8, choices=Forge, default=Forge.NONE)
    username = models.CharField(max_length=100, blank=True)
    token = models.TextField(blank=True)
    hook_key = models.TextField(blank=True)
    hook_digest = models.CharField(max_length=64, unique=True)
    secret = models.TextField(blank=True)
    secret_before = models.TextField(blank=True)
    # Checks of git fsck that only warn for this repository (hotfixes/git/remote.py).
    relaxed = models.JSONField(default=list, blank=True)
    # Whether the token may also set a commit status and one comment.
    write_back = models.BooleanField(default=False)
    # The base of the forge's web pages and API, where it differs from the address of git.
    web_url = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "repositories"
        constraints = [models.UniqueConstraint(fields=["team", "url"], name="one_repository_per_address")]

    def __str__(self) -> str:
        return self.url

    @property
    def opened_token(self) -> str:
        """The token; "" for none. Raises SecretLost."""
        return unseal(self.token) if self.token else ""

    @property
    def hook_secrets(self) -> list[str]:
        """Those that are valid, newest first; none of a lost key."""
        found = []
        for sealed in (self.secret, self.secret_before):
            try:
                found += [unseal(sealed)] if sealed else []
            except SecretLost:
                continue
        return found

    def renew_hook(self) -> None:
        """Another key for the receiver's address, and a secret if there is none; unsaved."""
        key = secrets.token_urlsafe(32)
        self.hook_key, self.hook_digest = seal(key), hook_digest(key)
        self.secret = self.secret or seal(secrets.token_urlsafe(32))


def hook_digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
