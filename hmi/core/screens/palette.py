"""What colours mean on a display: which are kept for alarms, which texts read on which surfaces, which carry a hue."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from typing import Final

RGB = tuple[int, int, int]

# Text roles that read at 4.5:1 or better on a surface, by day and by night; all others do not
READS_ON: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset({"background", "panel", "raised", "frame", "grid", "normal"}),
    "muted": frozenset({"background", "panel", "raised", "grid"}),
    "stale": frozenset({"background", "panel", "raised", "grid"}),
    "bad": frozenset({"background", "panel", "raised", "grid"}),
    "line": frozenset({"background", "panel", "raised"}),
    "value": frozenset({"background", "panel", "raised"}),
    "accent": frozenset({"background", "panel", "raised"}),
    "on_running": frozenset({"running", "contents"}),
    "on_selection": frozenset({"selection"}),
    "on_stopped": frozenset({"stopped", "beyond", "background", "panel", "raised", "frame", "grid", "normal"}),
}
HUED: Final = frozenset({"accent", "bad", "normal", "selection", "value"})  # roles that are more than a grey
ALARM_COLOURS: Final[Mapping[str, int]] = {  # of day and night -> priority
    "#E00000": 1,
    "#FF5A5A": 1,
    "#FFD800": 2,
    "#FF7A00": 3,
    "#FF8A1F": 3,
    "#B000B0": 4,
    "#E98BE9": 4,
}
GROUNDS: Final[Mapping[str, tuple[str, ...]]] = {  # of each theme: the screen itself, panels, buttons
    "day": ("#D5D5D5", "#E6E6E6", "#F3F3F3"),
    "night": ("#2F3338", "#3A3F45", "#464C53"),
}
LEAST_CONTRAST: Final = 4.5  # of text and what has to be seen like it (WCAG 2.1, 1.4.3)
HUE: Final = 0.15  # difference of the channels from which a colour is more than a grey
SATURATED: Final = 0.3
_APART: Final = 30.0  # degrees of hue
_NEAR: Final = 60  # of 441 from black to white: colours that could be taken for each other

_NAMED: Final = (  # the names of SVG for colours with a hue
    "aqua:00ffff aquamarine:7fffd4 bisque:ffe4c4 blanchedalmond:ffebcd blue:0000ff blueviolet:8a2be2 brown:a52a2a "
    "burlywood:deb887 cadetblue:5f9ea0 chartreuse:7fff00 chocolate:d2691e coral:ff7f50 cornflowerblue:6495ed "
    "crimson:dc143c cyan:00ffff darkblue:00008b darkcyan:008b8b darkgoldenrod:b8860b darkgreen:006400 "
    "darkkhaki:bdb76b darkmagenta:8b008b darkolivegreen:556b2f darkorange:ff8c00 darkorchid:9932cc darkred:8b0000 "
    "darksalmon:e9967a darkseagreen:8fbc8f darkslateblue:483d8b darkturquoise:00ced1 darkviolet:9400d3 "
    "deeppink:ff1493 deepskyblue:00bfff dodgerblue:1e90ff firebrick:b22222 forestgreen:228b22 fuchsia:ff00ff "
    "gold:ffd700 goldenrod:daa520 green:008000 greenyellow:adff2f hotpink:ff69b4 indianred:cd5c5c indigo:4b0082 "
    "khaki:f0e68c lawngreen:7cfc00 lemonchiffon:fffacd lightblue:add8e6 lightcoral:f08080 lightgoldenrodyellow:fafad2 "
    "lightgreen:90ee90 lightpink:ffb6c1 lightsalmon:ffa07a lightseagreen:20b2aa lightskyblue:87cefa "
    "lightsteelblue:b0c4de lime:00ff00 limegreen:32cd32 magenta:ff00ff maroon:800000 mediumaquamarine:66cdaa "
    "mediumblue:0000cd mediumorchid:ba55d3 mediumpurple:9370db mediumseagreen:3cb371 mediumslateblue:7b68ee "
    "mediumspringgreen:00fa9a mediumturquoise:48d1cc mediumvioletred:c71585 midnightblue:191970 moccasin:ffe4b5 "
    "navajowhite:ffdead navy:000080 olive:808000 olivedrab:6b8e23 orange:ffa500 orangered:ff4500 orchid:da70d6 "
    "palegoldenrod:eee8aa palegreen:98fb98 paleturquoise:afeeee palevioletred:db7093 papayawhip:ffefd5 "
    "peachpuff:ffdab9 peru:cd853f pink:ffc0cb plum:dda0dd powderblue:b0e0e6 purple:800080 red:ff0000 rosybrown:bc8f8f "
    "royalblue:4169e1 saddlebrown:8b4513 salmon:fa8072 sandybrown:f4a460 seagreen:2e8b57 sienna:a0522d skyblue:87ceeb "
    "slateblue:6a5acd springgreen:00ff7f steelblue:4682b4 tan:d2b48c teal:008080 tomato:ff6347 turquoise:40e0d0 "
    "violet:ee82ee wheat:f5deb3 yellow:ffff00 yellowgreen:9acd32 "
)
_NAMES: Final[Mapping[str, str]] = dict(entry.split(":") for entry in _NAMED.split())
_HEX: Final = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION: Final = re.compile(r"(rgb|hsl)a?\(\s*([-\d.]+)\s*(%|deg)?[\s,]+([\d.]+)\s*(%?)[\s,]+([\d.]+)\s*(%?)")


def colour_of(text: str) -> RGB | None:
    """The colour that a drawing writes, each channel 0 to 255; None for none, greys by name and what is no colour."""
    text = text.strip().lower()
    if match := _HEX.fullmatch(text):
        digits = match.group(1)
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if match := _FUNCTION.match(text):
        return _of_function(match)
    return colour_of(f"#{_NAMES[text]}") if text in _NAMES else None


def _of_function(match: re.Match[str]) -> RGB | None:
    kind, one, unit, two, _, three, percent = match.groups()
    try:
        first, second, third = float(one), float(two), float(three)
    except ValueError:
        return None
    if kind == "hsl":
        light, saturation = min(third, 100.0) / 100, min(second, 100.0) / 100
        channels = colorsys.hls_to_rgb(first % 360 / 360, light, saturation)
        red, green, blue = (round(channel * 255) for channel in channels)
        return red, green, blue
    scale = 2.55 if unit == "%" or percent else 1.0
    red, green, blue = (min(255, max(0, round(channel * scale))) for channel in (first, second, third))
    return red, green, blue


def chroma(colour: RGB) -> float:
    """How far a colour is from a grey: 0 to 1."""
    return (max(colour) - min(colour)) / 255


def alarm_of(colour: RGB) -> int:
    """The alarm priority that a colour could be taken for; 0 for none."""
    for text, priority in ALARM_COLOURS.items():
        alarm = colour_of(text)
        if alarm and sum((a - b) ** 2 for a, b in zip(alarm, colour, strict=True)) <= _NEAR**2:
            return priority
    return 0


def reads_on(role: str, surface: str) -> bool:
    """Whether a text of one role reads on a surface of another."""
    return surface in READS_ON.get(role, ())


def hue_of_alarm(colour: RGB) -> int:
    """The alarm priority whose hue, in whatever shade, a colour has; 0 for none, and for greys."""
    if chroma(colour) < HUE:
        return 0
    away = {}
    for text, priority in ALARM_COLOURS.items():
        alarm = colour_of(text)
        assert alarm is not None
        away[abs((_hue(colour) - _hue(alarm) + 180) % 360 - 180)] = priority
    return away[min(away)] if min(away) <= _APART else 0


def _hue(colour: RGB) -> float:
    return colorsys.rgb_to_hsv(*colour)[0] * 360


def contrast(one: str, other: str) -> float:
    """Contrast of two colours #rrggbb, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour #rrggbb, 0 black to 1 white (WCAG 2.1)."""
    red, green, blue = (_linear(channel / 255) for channel in colour_of(colour) or (0, 0, 0))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
