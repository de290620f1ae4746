"""The other side of a repository: which branches and tags it has now, and the words for a fetch from it."""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import quote

from hotfixes.git import names
from hotfixes.git.address import Access, Destination, destination
from hotfixes.git.environment import environment, settings
from hotfixes.git.failures import answered
from hotfixes.git.limits import LIST, Limits
from hotfixes.git.process import Result, Watch
from hotfixes.git.smart import TRACE, Conversation
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git.version import program

PEELED = "^{}"
# Ugly, never dangerous: what old tools wrote. The ones about `.git`, links and submodules are not among them.
RELAXABLE = frozenset(
    (
        *(
            "badDate",
            "badDateOverflow",
            "badEmail",
            "badName",
            "badTimezone",
            "zeroPaddedDate",
            "missingSpaceBeforeDate",
        ),
        *(
            "missingEmail",
            "missingNameBeforeEmail",
            "missingSpaceBeforeEmail",
            "missingTaggerEntry",
            "badTagName",
        ),
        *(
            "zeroPaddedFilemode",
            "badFilemode",
            "duplicateEntries",
            "treeNotSorted",
            "nullSha1",
            "multipleAuthors",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A token, sent as HTTP Basic. GitHub, GitLab and Gitea take any name beside a personal token; a deploy token has
    one of its own.
    """

    secret: str = field(repr=False)
    username: str = "x-access-token"

    @property
    def header(self) -> str:
        """The whole header line."""
        return "Authorization: Basic " + base64.b64encode(f"{self.username}:{self.secret}".encode()).decode()

    @property
    def forms(self) -> tuple[str, ...]:
        """Every spelling in which a message could give it away, longest first."""
        pair = self.header.rsplit(" ", 1)[-1]
        return tuple(sorted({self.secret, quote(self.secret, safe=""), pair}, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Listing:
    """What the other side has. `refs`: branches and tags by full name, with the id that the ref itself holds; `peeled`:
    the commits behind annotated tags.
    """

    refs: dict[str, str]
    peeled: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository somewhere else. Nothing is resolved or sent before a method is called.

    `relaxed`: checks of git fsck that only warn for this repository, each of RELAXABLE: histories from the first years
    of git break them. Raises ValueError for others.
    """

    url: str
    access: Access
    credential: Credential | None = None
    relaxed: tuple[str, ...] = ()

    def listing(self, limits: Limits = LIST, watch: Watch | None = None) -> Listing:
        """Branches and tags, without what else it may hold (pull requests may be 99 % of all refs).

        Raises GitError: everything of Trouble that a network can do, TOO_BIG for more than 64 MB of refs.
        """
        said = self.run("ls-remote", "--heads", "--tags", limits=limits, watch=watch).stdout
        return _listing(said)

    def default_branch(self, limits: Limits = LIST) -> str:
        """The full name of the branch that HEAD stands for, "" when it says none. Asks for all refs."""
        said = self.run("ls-remote", "--symref", after=("HEAD",), limits=limits).stdout
        for line in said.decode("utf-8", "replace").splitlines():
            target, _, name = line.partition("\t")
            if name == "HEAD" and target.startswith("ref: "):
                return target.removeprefix("ref: ")
        return ""

    def run(
        self,
        *words: str,
        after: tuple[str, ...] = (),
        before: tuple[str, ...] = (),
        limits: Limits = LIST,
        watch: Watch | None = None,
    ) -> Result:
        """git with `words`, `--`, the address and the words `after` it; `before` stands before the subcommand. The
        token goes through the environment and only to this origin.
        """
        to = destination(self.url, self.access)
        watch = watch or Watch()
        conversation = Conversation(watch.heard)
        surroundings = environment((to.protocol,), self._secrets(to))
        if to.origin:
            watch = Watch(conversation.hear, watch.tick)
            surroundings |= TRACE
        options = settings((to.protocol,), self._settings(to))
        result = answered(
            [program(), *before, *options, *words, "--", to.url, *after],
            limits=limits,
            environment=surroundings,
            secrets=self.credential.forms if self.credential else (),
            watch=watch,
        )
        if to.origin:
            conversation.check()
        return result

    def __post_init__(self) -> None:
        if unknown := set(self.relaxed) - RELAXABLE:
            raise ValueError(f"not a check of git fsck that can be relaxed: {sorted(unknown)[0][:80]!r}")

    def _secrets(self, to: Destination) -> list[tuple[str, str]]:
        if self.credential is None or not to.origin:
            return []
        return [(f"http.{to.origin}/.extraHeader", self.credential.header)]

    def _settings(self, to: Destination) -> dict[str, str]:
        return dict(to.settings) | {f"fetch.fsck.{check}": "warn" for check in self.relaxed}


def _listing(said: bytes) -> Listing:
    refs: dict[str, str] = {}
    peeled: dict[str, str] = {}
    for found in re.finditer(rb"[^\n]+", said):
        id, tab, raw = found[0].partition(b"\t")
        if not tab:
            continue
        try:
            name, text = raw.decode("utf-8"), id.decode("ascii")
        except UnicodeDecodeError:
            continue
        if not names.is_oid(text):
            raise GitError(Trouble.REMOTE, "it sent a list of refs that makes no sense")
        if name.endswith(PEELED):
            peeled[name.removesuffix(PEELED)] = text
        elif name.startswith((names.HEADS, names.TAGS)):
            refs[name] = text
    return Listing(refs, peeled)
