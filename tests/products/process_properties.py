"""What holds for every process: it comes back as it was, and damage is told with its place. Run with few examples by
the suite (test_random_processes.py) and with 10,000 by `./run bench processes`."""

import copy
import re
from typing import Any

import yaml
from hypothesis import strategies as st

from products.process import ProcessDocument, ProcessError, load
from products.process.document import read
from products.process.lint import lint
from products.process.problems import Path, Problem, path_text
from tests.products.random_processes import processes

FILE = "random.yaml"
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# What is in no place of the schema.
_JUNK: tuple[Any, ...] = ({"nonsense": [1]}, [[["deep"]]], [{"nonsense": "x"}])


@st.composite
def written(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """A process and one way of writing it down."""
    process = draw(processes())
    text = yaml.dump(
        process,
        Dumper=_DUMPER,
        allow_unicode=draw(st.booleans()),
        default_flow_style=draw(st.sampled_from([None, False, True])),
        width=draw(st.sampled_from([20, 80, 10_000])),
        sort_keys=draw(st.booleans()),
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
    )
    return process, text.encode()


def comes_back(example: tuple[dict[str, Any], bytes]) -> None:
    """Loaded, it is what was written; its JSON form, every default filled in, loads to the same; doubts are found."""
    process, text = example
    loaded = load(text, name=FILE)
    assert loaded == ProcessDocument.model_validate(process)
    again = load(
        yaml.dump(loaded.as_json(), Dumper=_DUMPER, allow_unicode=True, sort_keys=False).encode(), name=FILE
    )
    assert (again, again.as_json()) == (loaded, loaded.as_json())
    last = lines(text)
    assert all(1 <= finding.line <= last for finding in lint(loaded, text, name=FILE))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The text of a process with bytes or lines cut out, doubled, moved or put in."""
    _process, text = draw(written())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        kind = draw(st.sampled_from(["cut", "double", "put", "move"]))
        if kind == "cut":
            text = text[:start] + text[end:]
        elif kind == "double":
            text = text[:end] + text[start:end] + text[end:]
        elif kind == "put":
            text = (
                text[:start]
                + draw(
                    st.one_of(
                        st.binary(max_size=12),
                        st.sampled_from([b"\t", b"{", b"- ", b": ", b"\n\n", b"&a", b"!x", b"\x00"]),
                    )
                )
                + text[start:]
            )
        else:
            text = text[:start] + text[end:] + text[start:end]
    return text


def never_crashes(text: bytes) -> None:
    """It loads, or each fault names file, a line that is there, and what is wrong."""
    found = faults(text)
    if found is None:
        lint(load(text, name=FILE), text, name=FILE)
        return
    assert found
    for problem in found:
        assert (problem.file, bool(problem.message)) == (FILE, True)
        assert 1 <= problem.line <= lines(text)
        assert str(problem).startswith(f"{FILE}:{problem.line}: ")


@st.composite
def misplaced(draw: st.DrawFn) -> tuple[bytes, Path]:
    """A process in which one value, somewhere, is something that fits nowhere; and where."""
    process = copy.deepcopy(draw(processes()))
    found = list(_places(process))
    path = draw(st.sampled_from(found))
    at: Any = process
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = copy.deepcopy(draw(st.sampled_from(_JUNK)))
    return yaml.dump(process, Dumper=_DUMPER, allow_unicode=True, sort_keys=False).encode(), path


def _places(value: Any, path: Path = ()) -> list[Path]:
    inside = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [found for key, part in inside for found in [(*path, key), *_places(part, (*path, key))]]


def names_the_place(example: tuple[bytes, Path]) -> None:
    """One of the faults is at the damage or inside it, by path and by line."""
    text, path = example
    place, first = path_text(path), read(text, name=FILE).line(path)
    inside = (f"{place}.", f"{place}[")
    here = [fault for fault in faults(text) or [] if fault.path == place or fault.path.startswith(inside)]
    assert here, place
    assert all(fault.line >= first for fault in here)


def faults(text: bytes) -> list[Problem] | None:
    """None when it loads; ProcessError is the only thing that loading may raise."""
    try:
        load(text, name=FILE)
    except ProcessError as error:
        return error.problems
    return None


def lines(text: bytes) -> int:
    """What YAML calls lines: a lone carriage return and Unicode's own line ends count too."""
    return len(re.split(rb"\r\n|\r|\n|\xc2\x85|\xe2\x80[\xa8\xa9]", text))
