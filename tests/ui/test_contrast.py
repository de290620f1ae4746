"""The colours of static/css/tokens.css, computed.

Every pair that carries text ≥ 4.5 : 1, every control's border ≥ 3 : 1 (WCAG 1.4.3, 1.4.11).
"""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

TEXT = Path(settings.BASE_DIR / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((white|oklch\([^)]*\)), (oklch\([^)]*\))\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TEXT)}
SURFACES = ("paper", "card", "well")
SIGNALS = ("critical", "high", "good", "link")


def luminance(colour: str) -> float:
    """WCAG's relative luminance of an oklch() colour, by Ottosson's matrices, clipped to sRGB."""
    if colour == "white":
        return 1.0
    lightness, chroma, hue = re.findall(r"[\d.]+", colour)
    big, c, h = float(lightness) / 100, float(chroma), math.radians(float(hue))
    a, b = c * math.cos(h), c * math.sin(h)
    long = (big + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (big - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (big - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, look: int) -> float:
    darker, lighter = sorted((luminance(COLOURS[one][look]), luminance(COLOURS[other][look])))
    return (lighter + 0.05) / (darker + 0.05)


TEXT_ON = [(word, surface) for word in ("ink", "soft", *SIGNALS) for surface in SURFACES]
ON_TINT = [(word, f"{tint}-tint") for tint in SIGNALS for word in ("ink", tint)] + [("soft", "link-tint")]


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), TEXT_ON + ON_TINT)
def test_text_is_readable(text: str, surface: str, look: int) -> None:
    assert contrast(text, surface, look) >= 4.5


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
def test_the_border_of_a_control_can_be_seen(surface: str, look: int) -> None:
    assert contrast("edge", surface, look) >= 3.0


def test_a_button_reads_as_well_reversed() -> None:
    assert min(contrast("paper", "ink", look) for look in (0, 1)) >= 7.0
