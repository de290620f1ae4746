"""Holes of an example to fill in, such as `[version]` or `$TAG`, and names of the example: placeholders of ours."""

import re

from products.process.markdown.draft import Draft

_HOLES = (
    (
        "issue",
        re.compile(
            r"issue|bug|what (happened|was broken|broke)|description|problem|beschreibung|fehler|"
            r"summary|title",
            re.I,
        ),
    ),
    ("solution", re.compile(r"solution|what was (fixed|done)|fix\b|lösung|change", re.I)),
    (
        "users_affected",
        re.compile(r"users? affected|how many|number of (users|customers)|customers? affected|x users", re.I),
    ),
    ("impact", re.compile(r"impact|auswirkung", re.I)),
    (
        "old",
        re.compile(
            r"\b(old|previous|current|prod|production|last)([ _-](version|tag))?\b|alte version", re.I
        ),
    ),
    ("new", re.compile(r"new[ _-]?(version|tag)?|next[ _-]?version|patch ?\+ ?1|version|neue version", re.I)),
    ("product_name", re.compile(r"product|service|app(lication)?|component|produkt|dienst", re.I)),
    ("date", re.compile(r"date|datum|yyyy", re.I)),
    ("incident", re.compile(r"incident|ticket|vorfall|id\b", re.I)),
    ("minutes", re.compile(r"minutes|minuten|duration", re.I)),
    ("slug", re.compile(r"slug|short[ -]?desc|name", re.I)),
    ("branch", re.compile(r"branch", re.I)),
    ("tag", re.compile(r"tag", re.I)),
)
_HOLE = re.compile(
    r"\[([^\]\n\[]{1,60})\]|<([A-Za-z][^<>\n]{0,40})>|\{\{\s*([\w .-]{1,40})\s*\}\}|"
    r"\$\{?([A-Z][A-Z_]{2,30})\}?"
)


def filled(draft: Draft, text: str) -> str:
    """`text` with its braces doubled, names of the example and holes to fill in made placeholders of ours."""
    done = text.replace("{{", "\x00").replace("}}", "\x01")
    done = _HOLE.sub(lambda match: _hole(match), done.replace("\x00", "{{").replace("\x01", "}}"))
    done = done.replace("{", "{{").replace("}", "}}")
    done = re.sub("\x02(\\w+)\x03", r"{\1}", done)
    for example, name in draft.names:
        before = r"(?<![\d.])" if name in ("old", "new") else r"(?<![\w.{])"
        done = re.sub(rf"{before}{re.escape(example)}(?![\w}}])(?!\.\d)", f"{{{name}}}", done)
    return done


def _hole(match: re.Match[str]) -> str:
    said = next(part for part in match.groups() if part)
    bracket = match[1] is not None
    # `[what was fixed]` is for a person to write; only a hole that names one thing is filled in.
    if bracket and len(said.split()) > 3 and not re.search(r"how many|users affected", said, re.I):
        return match[0]
    name = next((name for name, words in _HOLES if words.search(said.replace("_", " "))), None)
    return f"\x02{name}\x03" if name else match[0]
