"""What a product says otherwise than its process's policy: validated by the policy's own schema, told by its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pydantic
import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.text import plain_text
from products.models import Product
from products.process.loading import told
from products.process.schema.policy import PolicySpec

_log = structlog.get_logger(__name__)
MOST: Final = 20_000
# git check-ref-format, for the short name of a branch.
_NO_BRANCH = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|@\{|//|/\.|\A[-/.]|\A@\Z|\.\Z|\.lock(?:/|\Z)|/\Z"
)


@transaction.atomic
def set_policy(product: Product, overrides: dict[str, Any], *, by: User) -> None:
    """All of the product's overrides; {} is the process's policy as it stands. Hotfixes under way keep theirs.

    Raises ValidationError by field: `policy.version_files.0.kind`.
    """
    product.policy = checked(product, overrides)
    product.save(update_fields=["policy"])
    _log.info("product.policy_set", product=product.slug, names=sorted(product.policy), by=by.pk)


@transaction.atomic
def set_main(product: Product, name: str, *, by: User) -> None:
    """The branch that production is made of; "" and the process's own name are no override."""
    row = Product.objects.select_for_update().get(pk=product.pk)
    overrides = {key: value for key, value in row.policy.items() if key != "main"}
    if name.strip() and name.strip() != process_policy(product).get("main", "main"):
        overrides["main"] = name.strip()
    if overrides != row.policy:
        try:
            set_policy(product, overrides, by=by)
        except ValidationError as error:
            said = error.message_dict
            if set(said) == {"policy.main"}:
                raise ValidationError({"main": said["policy.main"]}) from None
            raise


def process_policy(product: Product) -> dict[str, Any]:
    """What the process says."""
    version = product.process.current
    return (version.document.get("policy") if version else None) or {}


def checked(product: Product, kept: dict[str, Any]) -> dict[str, Any]:
    """The overrides `kept` themselves, when the process's policy with them can be used. ValidationError by field."""
    own = process_policy(product)
    problems: dict[str, list[str]] = {}
    try:
        spec = PolicySpec.model_validate({**own, **kept})
    except pydantic.ValidationError as error:
        for details in error.errors():
            path = details["loc"]
            where = ".".join(("policy", *map(str, path))) if path else "policy"
            problems.setdefault(where, []).append(told(details, ("policy", *path)))
        raise ValidationError(problems) from None
    text = json.dumps(kept, ensure_ascii=False)
    if len(text) > MOST:
        raise ValidationError({"policy": _("This is longer than %(most)s characters.") % {"most": MOST}})
    try:
        plain_text("".join(_texts(kept)))
    except ValidationError as error:
        raise ValidationError({"policy": error.messages}) from None
    for place, message in _unusable(spec, set(kept)):
        problems.setdefault(place, []).append(message)
    if problems:
        raise ValidationError(problems)
    return kept


def _unusable(spec: PolicySpec, names: set[str]) -> Iterator[tuple[str, str]]:
    """What fits the schema and could never be found in a repository; only what the product itself says."""
    if "main" in names - set(spec.options()) and _NO_BRANCH.search(spec.main):
        yield "policy.main", _("No branch can be called “%(name)s”.") % {"name": spec.main}
    for name in names & set(spec.options()):
        yield (
            f"policy.{name}",
            _("In git no name ever begins with a dash: programs would read it as an option."),
        )
    if "version_files" in names:
        for number, file in enumerate(spec.version_files):
            if not _inside(file.path):
                yield f"policy.version_files.{number}.path", _path_words(file.path)
    for name in ("changelog", "release_notes", "manifest"):
        path = getattr(getattr(spec, name), "path", None)
        if name in names and path and not _inside(path):
            yield f"policy.{name}.path", _path_words(path)


def _inside(path: str) -> bool:
    return "\\" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def _path_words(path: str) -> str:
    return _(
        "“%(path)s” is no path in a repository: write it from its top, such as apps/web/package.json."
    ) % {"path": path[:80]}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
