"""How the fix goes through git, read from the commands: names of branch and tags, merge, commit, review, versions."""

import re
from collections.abc import Iterator

from products.process.markdown.draft import Draft
from products.process.markdown.guesses import Told, Why
from products.process.markdown.holes import filled
from products.process.markdown.reading import Block, Section, Text
from products.process.markdown.shell import commands, is_command

_VERSION = re.compile(r"(?<![\d.])v?(\d+\.\d+\.\d+)(?![\d.])")
_ARROW = re.compile(r"(\d+\.\d+\.\d+)(\+\d+)?\s*(?:→|->|=>|to|auf)\s*v?(\d+\.\d+\.\d+)(\+\d+)?")
_BUILD = re.compile(r"\d+\.\d+\.\d+\+(\d{1,9})\b")
_BRANCH = re.compile(
    r"git (?:checkout -b|switch -c|switch --create|"
    r"branch)\s+(?P<branch>[^\s\\]+)(?:[\s\\]+(?P<base>[^\s\\]+))?"
)
_TAG = re.compile(r"git tag\s+(?P<flags>(?:-[as]+\s+)*)(?P<tag>[^\s\\-][^\s\\]*)")
_QUOTED = r"(?:\"(?P<{0}>(?:[^\"\\]|\\.)*)\"|'(?P<{0}_>[^']*)')"
_COMMIT = re.compile(r"git commit\b[^\n]*?-m\s*[\\\s]*" + _QUOTED.format("said"))
_TAG_MESSAGE = re.compile(r"git tag\b[^\"']*?-m\s*[\\\s]*" + _QUOTED.format("said"))
_TITLE = re.compile(r"--title[\s=]+" + _QUOTED.format("said"))
_BODY = re.compile(r"--(?:body|description)[\s=]+" + _QUOTED.format("said"))
_FILES = (
    (re.compile(r"(?:\S*/)?pubspec\.ya?ml"), "pubspec"),
    (re.compile(r"(?:\S*/)?package\.json"), "npm"),
    (re.compile(r"(?:\S*/)?pyproject\.toml"), "pyproject"),
    (re.compile(r"(?:\S*/)?Cargo\.toml"), "cargo"),
    (re.compile(r"(?:\S*/)?build\.gradle(?:\.kts)?"), "gradle"),
    (re.compile(r"(?:\S*/)?Chart\.ya?ml"), "chart"),
    (re.compile(r"\S*/VERSION(?:\.txt)?"), "plain"),
)


def take(draft: Draft) -> None:
    """Names first, so that every command afterwards can be written with placeholders."""
    policy = Told(Why("rules read from the commands and the prose", None))
    for run, line in _typed(draft):
        _names(draft, policy, run, line)
    for section, block, text in _everything(draft):
        _spoken_names(draft, policy, text, block, section)
    draft.names = sorted(dict.fromkeys(draft.names), key=lambda pair: -len(pair[0]))
    for run, line in _typed(draft):
        _rules(draft, policy, run, line)
    for section, block, text in _everything(draft):
        _spoken_rules(draft, policy, text, block, section)
    _builds(draft, policy)
    if policy:
        draft.root["policy"] = policy


def _typed(draft: Draft) -> Iterator[tuple[str, int]]:
    """Every command with its line, in blocks and in back-ticks."""
    for section in draft.sections:
        for block in section.blocks:
            if block.kind == "code":
                yield from ((one.run, block.line + one.line) for one in commands(block.code))
            for text in _texts(block):
                yield from ((code, text.line) for code in text.codes if is_command(code))


def _builds(draft: Draft, policy: Told) -> None:
    """`1.2.3+4`, and then the same with another number: the build number goes up too."""
    found = [int(n) for _s, _b, text in _everything(draft) for n in _BUILD.findall(text.text)]
    builds = list(dict.fromkeys(found))
    if len(builds) == 2:
        policy["build"] = "plus-one" if builds[1] == builds[0] + 1 else "greater"


def _everything(draft: Draft) -> Iterator[tuple[Section, Block, Text]]:
    for section in draft.sections:
        for block in section.blocks:
            yield from ((section, block, text) for text in _texts(block))


def _texts(block: Block) -> Iterator[Text]:
    yield from block.texts
    if block.kind == "code":
        yield from (Text(line, block.line + at) for at, line in enumerate(block.code.split("\n")))
    for item in block.items:
        yield item.text
        for inner in item.inside:
            yield from _texts(inner)


def _pattern(draft: Draft, example: str) -> str:
    """`hotfix/shop-v1.2.4` → `hotfix/{product}-v{new}`, by what is known of the example's version and product."""
    return filled(draft, example.strip("\"'`"))


def _names(draft: Draft, policy: Told, run: str, line: int) -> None:
    if (branch := _BRANCH.search(run)) and "branch" not in policy and "/" in branch["branch"]:
        new, base = _VERSION.search(branch["branch"]), branch["base"] or ""
        old = _VERSION.search(base)
        if new:
            draft.names.append((new[1], "new"))
        if old and old[1] != (new and new[1]):
            draft.names.append((old[1], "old"))
            if "/" in base and (product := base.split("/")[0]) in branch["branch"]:
                draft.names.append((product, "product"))
        policy["branch"] = _pattern(_known(draft), branch["branch"])
        if old:
            policy["cut_from"], policy["base_tag"] = "base_tag", _pattern(_known(draft), base)
            draft.names.append((base.strip("\"'"), "base_tag"))
        elif base in ("main", "master", "origin/main", "origin/master"):
            policy["cut_from"] = "main"
        draft.names.append((branch["branch"].strip("\"'"), "branch"))
        policy.why = Why("rules read from the commands and the prose; the first is the branch", line)
    if (tag := _TAG.search(run)) and "tag" not in policy and (new := _VERSION.search(tag["tag"])):
        draft.names.append((new[1], "new"))
        policy["tag"] = _pattern(_known(draft), tag["tag"])
        draft.names.append((tag["tag"].strip("\"'"), "tag"))
        if "-a" in tag["flags"] or "-s" in tag["flags"]:
            policy["annotated"] = True


def _known(draft: Draft) -> Draft:
    draft.names.sort(key=lambda pair: -len(pair[0]))
    return Draft([], names=[pair for pair in draft.names if pair[1] in ("new", "old", "product")])


def _spoken_names(draft: Draft, policy: Told, text: Text, block: Block, section: Section) -> None:
    """A branch or tag that is only named: `Branch: hotfix/v1.0.1-description`, `1.2.3 → 1.2.4`."""
    if arrow := _ARROW.search(text.text):
        draft.names += [(arrow[1], "old"), (arrow[3], "new")]
    branch = next((code for code in text.codes if re.match(r"(hotfix|fix|release|bugfix)/\S+$", code)), "")
    if branch and "branch" not in policy:
        if new := _VERSION.search(branch):
            draft.names.append((new[1], "new"))
        pattern = _pattern(_known(draft), branch)
        policy["branch"] = re.sub(
            r"(?<=[-/])(description|desc|name|slug|short-description|beschreibung)$", "{slug}", pattern
        )
        draft.names.append((branch, "branch"))
        policy.why = Why("rules read from the commands and the prose; the first is the branch", text.line)
    tag = next((code for code in text.codes if re.fullmatch(r"[\w./-]*v?\d+\.\d+\.\d+", code)), "")
    if tag and "tag" not in policy and re.search(r"\btag", text.text, re.I) and (new := _VERSION.search(tag)):
        draft.names.append((new[1], "new"))
        policy["tag"] = _pattern(_known(draft), tag)
    written = re.match(r"format:\s*`?(\S+?)`?$", text.text, re.I)
    if written and "branch" in policy and "<" in written[1]:
        policy["branch_written"] = draft.line(written[1], text.line)
        draft.use(text.line)


def _said(match: re.Match[str]) -> str:
    return (match["said"] if match["said"] is not None else match["said_"]) or ""


def _rules(draft: Draft, policy: Told, run: str, line: int) -> None:
    if "--ff-only" in run and "git merge" in run:
        policy["merge"] = "ff-only"
    elif re.search(r"git merge\b", run):
        policy.setdefault("merge", "merge")
    if main := re.search(r"git (?:checkout|switch) (main|master|trunk|develop)\b", run):
        policy.setdefault("main", main[1])
    if (message := _TAG_MESSAGE.search(run)) and _said(message).strip():
        policy["annotated"] = True
        policy.setdefault("tag_message", filled(draft, draft.line(_said(message), line)))
        policy.setdefault("tag_on", "main")
    if (commit := _COMMIT.search(run)) and "commit" not in policy:
        subject, *rest = _said(commit).split("\n")
        prefix = re.match(r"[a-z]+(\([^)]*\))?!?:\s", subject) or re.match(r"[A-Z]{3,}:\s", subject)
        policy["commit"] = Told(
            Why("the message of the commit", line), subject=prefix[0] if prefix else None, parts=_parts(rest)
        )
    if (title := _TITLE.search(run)) and re.search(r"\b(pr|mr|pull|merge)", run):
        review = policy.setdefault("review", Told(Why("the request for a review", line)))
        review.setdefault("title", filled(draft, draft.line(_said(title), line)))
        if body := _BODY.search(run):
            first, *rest = [text for text in _said(body).split("\n") if text.strip()] or [""]
            if first and ":" not in first:
                review["opening"] = draft.line(first, line)
            review["parts"] = _parts(rest if first and ":" not in first else [first, *rest])
    if label := re.search(r"--(?:add-)?label[\s=]+[\"']?([\w-]+)", run):
        policy.setdefault("review", Told(Why("the request for a review", line)))["label"] = label[1]


def _parts(lines: list[str]) -> list[dict[str, str]]:
    parts: list[dict[str, str]] = []
    for line in lines:
        if named := re.match(r"([A-Z][\w ]{1,30}):", line.strip()):
            parts.append({"label": named[1]})
        elif line.strip() and not re.fullmatch(r"[\W_]*", line):
            parts.append({"label": line.strip()[:80], "text": line.strip()[:200]})
    return parts[:12]


_NUMBERS = {"one": 1, "1": 1, "eine": 1, "two": 2, "2": 2, "zwei": 2, "three": 3, "3": 3}
_APPROVALS = re.compile(
    rf"\b({'|'.join(_NUMBERS)})\b[\w ]{{0,20}}\b(approval|approvals|approving|reviewers?|freigaben?)", re.I
)


def _spoken_rules(draft: Draft, policy: Told, text: Text, block: Block, section: Section) -> None:
    said = text.text
    if re.search(
        r"patch\b.{0,30}\bonly|only.{0,20}\bpatch|increment (the )?patch|patch version|"
        r"patch-version",
        said,
        re.I,
    ):
        policy.setdefault("bump", "patch")
        draft.use(text.line)
    if label := re.search(
        r"\b(URGENT|HOTFIX|EMERGENCY|EXPEDITED|P0|CRITICAL)\b(?=\W{0,3}\s*label)|"
        r"(?:mark(?:ed)?|label(?:led)?)(?: it| as)?\s+[\"'`]?([A-Z]{4,})\b",
        said,
    ):
        review = policy.setdefault("review", Told(Why("the request for a review", text.line)))
        review.setdefault("label", label[1] or label[2])
    if count := _APPROVALS.search(said):
        number = _NUMBERS[count[1].lower()]
        policy.setdefault("review", Told(Why("the request for a review", text.line)))["approvals"] = number
    if re.search(r"minimal|smallest|as small as|(code|changes?) only|möglichst klein", said, re.I):
        policy.setdefault(
            "minimal",
            Told(
                Why(f"the change is to be small: {said[:60]}", text.line), files=20, lines=400, origin="house"
            ),
        )
    if re.search(
        r"(n['’]t|not|no|never|keine)\b.{0,15}\bnew features|features? (creep|additions)", said, re.I
    ):
        policy.setdefault("minimal", Told(Why("no new features", text.line)))["no_features"] = True
    _files(draft, policy, text, block)
    _logs(draft, policy, text, section)


def _files(draft: Draft, policy: Told, text: Text, block: Block) -> None:
    for word in re.split(r"[\s`()\"',;:]+", " ".join([text.text, *text.codes])[:1000]):
        kind = next((kind for words, kind in _FILES if len(word) < 200 and words.fullmatch(word)), None)
        files = policy.get("version_files", [])
        known = word in [file["path"] for file in files] or len(files) >= 40
        if kind is None or known or (block.kind == "code" and "/" not in word):
            continue
        made = Told(Why("a file with the version in it", text.line), path=word, kind=kind)
        if kind == "npm":
            made["key"] = "version"
        policy.setdefault("version_files", []).append(made)
        draft.use(text.line)


def _logs(draft: Draft, policy: Told, text: Text, section: Section) -> None:
    if re.search(r"change-?log", f"{text.text} {section.title}", re.I):
        why = Why("where a change is written down", text.line)
        path = re.search(r"[\w./-]*CHANGELOG[\w.]*", text.text)
        made = policy.setdefault(
            "changelog",
            Told(why, path=path[0] if path and "." in path[0] else "CHANGELOG.md", style="mention"),
        )
        row = re.match(r"\|\s*\d{4}-\d\d-\d\d\s*\|[^|]*\|\s*([^|]+?)\s*\|", text.text)
        if row:
            made["style"], made["text"] = "table", filled(draft, draft.line(row[1], text.line))
            draft.use(text.line)
    if notes := re.search(r"RELEASE[-_ ]?NOTES(\.\w+)?", text.text):
        file = notes[0] if notes[1] else f"{notes[0].strip()}.md"
        why = Why("where users read of it", text.line)
        policy.setdefault("release_notes", Told(why, path=file, style="mention"))
    if re.search(r"(release |update |ota )manifest", text.text, re.I):
        named = re.search(r"[\w./-]+\.(json|ya?ml|toml)", text.text)
        origin = {} if named else {"origin": "house"}
        policy.setdefault(
            "manifest",
            Told(
                Why("a manifest that points to the version", text.line),
                path=named[0] if named else "release-manifest.json",
                **origin,
            ),
        )
