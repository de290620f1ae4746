"""A share as a bar: what is missing is drawn otherwise, not only in another colour."""

from ui.share import svg


def test_a_share_is_drawn_and_said() -> None:
    assert svg(3, 4, "3 of 4") == (
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="3 of 4">'
        '<rect class="part" width="75.0" height="8"/><path class="missing" d="M75.0 4H100"/></svg>'
    )
    assert "missing" not in svg(4, 4, "4 of 4")
    assert svg(0, 0, "none") == ""
    assert "&lt;b&gt;" in svg(1, 1, "<b>")
