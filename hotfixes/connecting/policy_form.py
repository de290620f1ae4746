"""What a product says otherwise than its process: the usual rules as fields, the rest as text, patterns tried out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from foundation.offered import offer
from foundation.text import plain_text
from hotfixes import patterns
from hotfixes.connecting import version_lines
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.models import RefObservation
from hotfixes.observing.found import called_of
from hotfixes.patterns import BadPattern
from products.in_production import in_production
from products.models import Product
from products.policy_overrides import checked, process_policy, set_policy
from products.process.document import read
from products.process.problems import ProcessError
from products.versions import Version, bare

PATTERNS: Final = ("branch", "base_tag", "tag")
PLAIN: Final = ("main", *PATTERNS, "merge")
MERGES: Final = [
    ("ff-only", lazy("only fast-forward")),
    ("merge", lazy("a merge commit")),
    ("forward-port", lazy("released from its branch, carried to main afterwards")),
    ("any", lazy("any way")),
]
STYLES: Final = [
    ("table", lazy("rows of a table")),
    ("keep-a-changelog", lazy("headings as keepachangelog.com has them")),
    ("headings", lazy("headings with the version")),
    ("mention", lazy("the version is mentioned")),
    ("custom", lazy("a form of its own")),
]
MOST_REFS: Final = 20_000
SAMPLES: Final = 4


@dataclass(frozen=True)
class Tried:
    """One pattern on real names. `made`: the next hotfix's; `count` of `total` names fit; `samples` are some."""

    label: Any
    pattern: str
    made: str
    count: int
    total: int
    samples: list[str]
    problem: str = ""


class PolicyForm(forms.Form):
    main = forms.CharField(label=lazy("Main branch"), required=False, max_length=80)
    branch = forms.CharField(label=lazy("Hotfix branch"), required=False, max_length=200)
    base_tag = forms.CharField(label=lazy("Tag that runs in production"), required=False, max_length=200)
    tag = forms.CharField(label=lazy("Tag of the hotfix"), required=False, max_length=200)
    merge = forms.ChoiceField(label=lazy("How it comes to the main branch"), required=False)
    version_files = forms.CharField(
        label=lazy("Version files"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy(
            "One on each line: path, then kind, such as apps/web/package.json npm. * stands for any name, "
            "** for any folders. key=… and component=… may follow."
        ),
    )
    changelog_path = forms.CharField(label=lazy("Changelog"), required=False, max_length=200)
    changelog_style = forms.ChoiceField(label=lazy("How entries look in it"), required=False)
    more = forms.CharField(
        label=lazy("Everything else, as YAML or JSON"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono"}),
        help_text=lazy(
            "Entries as in a process’s policy: commit, review, minimal, bump. null switches one off."
        ),
    )

    def __init__(self, data: Any = None, *, product: Product) -> None:
        super().__init__(data)
        self.product = product
        self.own = process_policy(product)
        self.kept = dict(product.policy)
        for name, choices in (("merge", MERGES), ("changelog_style", STYLES)):
            offer(self, name, [("", _("As the process says")), *choices])
        for name, field in self.fields.items():
            if name != "more":
                field.validators.append(plain_text)
            field.widget.attrs.update(
                {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
            )
        self._fill()

    def _fill(self) -> None:
        kept = dict(self.kept)
        for name in PLAIN:
            if isinstance(kept.get(name), str):
                self.initial[name] = kept.pop(name)
        if kept.get("version_files"):
            self.initial["version_files"] = version_lines.written(kept.pop("version_files"))
        spec = kept.get("changelog")
        if isinstance(spec, dict) and spec == {**self._changelog_rest(), **_place(spec)}:
            self.initial["changelog_path"], self.initial["changelog_style"] = spec["path"], spec["style"]
            del kept["changelog"]
        if kept:
            self.initial["more"] = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=100)

    def _changelog_rest(self) -> dict[str, Any]:
        """What else the process says of its changelog: kept when only path or style differ."""
        own = self.own.get("changelog") or {}
        return {name: value for name, value in own.items() if name not in ("path", "style", "origin")}

    def offer(self, found: dict[str, Any] | None) -> None:
        """Fills in version files that a look came upon, to be saved or not."""
        guesses = (found or {}).get("guesses")
        if guesses and not self.initial.get("version_files"):
            self.initial["version_files"] = version_lines.written(guesses)

    @property
    def says(self) -> dict[str, str]:
        """By field, what the process says: shown beside what the product does."""
        own = self.own
        spec = own.get("changelog") or {}
        said = {name: str(own.get(name) or "") for name in PLAIN}
        said["merge"] = str(dict(MERGES).get(own.get("merge", "any"), ""))
        said["version_files"] = version_lines.written(own.get("version_files") or [])
        said["changelog_path"] = str(spec.get("path") or "")
        said["changelog_style"] = str(dict(STYLES).get(spec.get("style", ""), ""))
        return said

    @property
    def rows(self) -> list[tuple[Any, str]]:
        """Each field with what the process says of it."""
        return [(self[name], self.says.get(name, "")) for name in self.fields if name != "more"]

    def clean_version_files(self) -> list[dict[str, str]]:
        return version_lines.read(self.cleaned_data["version_files"])

    def clean_more(self) -> dict[str, Any]:
        text = self.cleaned_data["more"].strip()
        if not text:
            return {}
        try:
            root = json.loads(text) if text.startswith("{") else read(text.encode(), name=_("this text")).root
        except ProcessError as error:
            first = error.problems[0]
            words = {"line": first.line, "what": first.message}
            raise ValidationError(_("Line %(line)s: %(what)s") % words) from None
        except (ValueError, RecursionError):
            raise ValidationError(_("This begins like JSON and is none.")) from None
        if not isinstance(root, dict):
            raise ValidationError(_("Write entries such as merge: any."))
        for name in root:
            if self.data.get("changelog_path" if name == "changelog" else str(name)):
                raise ValidationError(_("“%(name)s” has a field of its own above.") % {"name": name})
        return root

    def overrides(self) -> dict[str, Any]:
        """What the fields say, without what says the same as the process."""
        facts = self.cleaned_data
        made: dict[str, Any] = dict(facts.get("more") or {})
        made |= {name: facts[name] for name in PLAIN if facts.get(name)}
        if facts.get("version_files"):
            made["version_files"] = facts["version_files"]
        path, style = facts.get("changelog_path"), facts.get("changelog_style")
        if path or style:
            own = self.own.get("changelog") or {}
            rest = self._changelog_rest()
            made["changelog"] = {
                **rest,
                "path": path or own.get("path", "CHANGELOG.md"),
                "style": style or own.get("style", "keep-a-changelog"),
            }
        return {
            name: value for name, value in made.items() if name not in self.own or self.own[name] != value
        }

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        for name in PATTERNS:
            if facts.get(name):
                self._usable(name, facts[name])
        if not self.errors:
            try:
                checked(self.product, self.overrides())
            except ValidationError as error:
                self._beside(error)
        return facts

    def _usable(self, name: str, pattern: str) -> None:
        try:
            patterns.compiled(pattern)
        except BadPattern:
            self.add_error(name, _("This has more placeholders than can be told apart in a name."))

    def _beside(self, error: ValidationError) -> None:
        """Each problem at the field that it is about."""
        for place, problems in error.message_dict.items():
            path = place.split(".")[1:]
            field = path[0] if path else "more"
            if field == "changelog":
                field = "changelog_style" if path[1:2] == ["style"] else "changelog_path"
            in_more = field not in self.fields or path[0] in (self.cleaned_data.get("more") or {})
            inner = ".".join(path if in_more else path[1:])
            told = [f"{inner}: {problem}" if inner else problem for problem in problems]
            self.add_error("more" if in_more else field, told)

    def save(self, by: User) -> None:
        set_policy(self.product, self.overrides(), by=by)

    def tried(self) -> list[Tried]:
        """Each pattern on the branches and tags that were seen, and on the version that comes next."""
        said = {name: self[name].value() or self.own.get(name) or "" for name in PATTERNS}
        runs = in_production(self.product).version
        version = Version.parse(runs)
        new = version.raised(self.own.get("bump") or "patch") if version else None
        called = called_of(self.product)
        known = {"product": called, "old": bare(runs) if version else "0.1.0",
                 "new": str(new or "0.1.1"), "slug": "sign-in-fails", "issue": "Sign-in fails",
                 "main": self.product.policy.get("main") or self.own.get("main", "main")}  # fmt: skip
        refs = self._refs()
        return [
            self._try(name, pattern, known, refs[names.HEADS if name == "branch" else names.TAGS])
            for name, pattern in said.items()
            if pattern
        ]

    def _try(self, name: str, pattern: str, known: dict[str, str], refs: list[str]) -> Tried:
        label = self.fields[name].label
        try:
            fits = [ref for ref in refs if patterns.recognised(pattern, ref, {"product": known["product"]})]
        except BadPattern:
            return Tried(label, pattern, "", 0, len(refs), [], _("This pattern cannot be used."))
        return Tried(
            label, pattern, patterns.formatted(pattern, known), len(fits), len(refs), fits[-SAMPLES:]
        )

    def _refs(self) -> dict[str, list[str]]:
        """Short names that are there now, as they were seen last."""
        seen: dict[str, list[str]] = {names.HEADS: [], names.TAGS: []}
        if self.product.repository_id is None:
            return seen
        rows = RefObservation.objects.filter(repository=self.product.repository_id)
        last = rows.order_by("name", "-pk").distinct("name").values_list("name", "kind")[:MOST_REFS]
        for full, kind in last:
            for prefix in seen:
                if kind != Kind.DELETED.value and full.startswith(prefix):
                    seen[prefix].append(full.removeprefix(prefix))
        return seen


def _place(spec: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name in ("path", "style")}
