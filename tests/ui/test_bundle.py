"""Sheets and scripts are written apart and sent as one."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import override_settings

from ui.bundle import DESK_SHEETS, SCRIPTS, SHEETS, slim_css, slim_js, written


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(NIGHTDESK_DATA=tmp_path):
        yield tmp_path


def test_every_sheet_and_script_of_ours_is_in_it() -> None:
    static = settings.BASE_DIR / "static"
    # What few pages need is sent apart, and they name it: the decision's card comes to a phone at night.
    assert sorted(file.stem for file in static.glob("css/*.css")) == sorted([*SHEETS, *DESK_SHEETS, "card"])
    apart = ["editor", "passkey", "simulation"]
    assert sorted(file.stem for file in static.glob("js/*.js")) == sorted([*SCRIPTS, *apart])


def test_nothing_is_collected_but_what_is_ours(data_folder: Path) -> None:
    """What packages bring, no page of ours asks for: compressing it was most of a first start's work on files."""
    collected = [storage.path(path) for each in finders.get_finders() for path, storage in each.list([])]
    ours = (f"{settings.BASE_DIR / 'static'}/", f"{data_folder / 'bundle'}/")
    assert [path for path in collected if not path.startswith(ours)] == []
    assert len(collected) > 20


def test_the_order_of_layers_comes_first() -> None:
    assert (
        written("css/site.css")
        .read_text()
        .startswith("@layer reset,tokens,base,layout,components,pages,utilities;")
    )


def test_it_is_found_where_it_was_written_and_made_anew_when_a_part_changed(data_folder: Path) -> None:
    target = data_folder / "bundle/js/site.js"
    assert finders.find("js/site.js") == str(target)
    target.write_text("old")
    written("js/site.js")
    assert target.read_text() == "old"
    os.utime(target, ns=(0, 0))
    written("js/site.js")
    assert target.read_text() != "old"


def test_what_is_left_out_means_nothing() -> None:
    assert slim_css("/* why */\n.a,\n.b > c {\n  width: calc(1px + 2px);\n  margin: 0 auto;\n}\n") == (
        ".a,.b>c{width:calc(1px + 2px);margin:0 auto}\n"
    )
    assert slim_css(
        ".a { & b, & > .c { top: 0; } &:hover { top: 1px; } .d & { top: 2px; } & .e + & { top: 3px; } }"
    ) == (".a{b,>.c{top:0}&:hover{top:1px}.d &{top:2px}& .e + &{top:3px}}\n")
    assert slim_js("// why\n{\n  const a = `x  y`; // z\n\n}\n") == "{\nconst a = `x  y`; // z\n}\n"


def test_they_leave_room_for_the_page_in_the_first_load() -> None:
    """First load ≤ 39 KB compressed, htmx takes 17: ours ≤ 12.9, which leaves 9 to the page.

    It was 10.2 before pages could say that a tap did not arrive and keep their order under a finger, and 11.6
    before steps, boxes, decisions and the ruler had their looks.
    """
    assert (
        sum(len(gzip.compress(written(name).read_bytes(), 6)) for name in ("css/site.css", "js/site.js"))
        <= 12_900
    )
