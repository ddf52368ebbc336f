"""Drawings from anywhere: what is harmless is kept, what could run, fetch, move or never end is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.errors import Mistake
from hmi.core.screens.svg import MAX_CHARACTERS, MAX_TOLD, Drawing, read_drawing

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, head: str = 'viewBox="0 0 100 50"') -> str:
    return f"<svg {SPACES} {head}>\n{inside}\n</svg>"


def read(text: str) -> tuple[Drawing | None, list[Mistake]]:
    mistakes: list[Mistake] = []
    drawing = read_drawing("screens/x.svg", text, mistakes)
    assert (drawing is None) == any(mistake.severity == "error" for mistake in mistakes)
    return drawing, mistakes


def test_a_plain_drawing_is_kept() -> None:
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#888"/></linearGradient></defs>'
        '<g id="a" transform="translate(1 2)"><path d="M0 0L1 1" fill="url(#g)" style="stroke: #444; fill:none"/></g>'
        '<use xlink:href="#a"/><text x="1">A &lt; B</text><style>.k { fill: rgb(1,2,3) }</style>'
    )
    drawing, mistakes = read('<?xml version="1.0" encoding="UTF-16"?><!-- by hand -->' + svg(inside))
    assert drawing is not None and mistakes == []
    assert (drawing.size, drawing.nodes) == ((100.0, 50.0), 9)
    assert dict(drawing.colours) == {"#888": 2, "url(#g)": 2, "#444": 2, "none": 2, "rgb(1,2,3)": 2}
    for kept in ('<use xlink:href="#a">', "A &lt; B", 'fill="url(#g)"', "translate(1 2)"):
        assert kept in drawing.text
    assert read(drawing.text)[0] == Drawing("screens/x.svg", drawing.text, (100.0, 50.0), drawing.colours, 9)


def test_what_only_an_editor_needs_is_left_out() -> None:
    inside = (
        '<metadata><rdf:RDF xmlns:rdf="http://rdf"><rdf:li/></rdf:RDF></metadata>'
        '<sodipodi:namedview xmlns:sodipodi="http://sodipodi" x="1"><g/></sodipodi:namedview>'
        '<rect xmlns:i="http://inkscape" i:label="x" width="3"/><?editor keep?>'
    )
    drawing, mistakes = read(svg(inside))
    assert drawing is not None and mistakes == []
    assert '<rect width="3"></rect>' in drawing.text
    assert not any(word in drawing.text for word in ("rdf", "sodipodi", "inkscape", "editor", "metadata"))


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>alert(1)</script>", "<script> is a script"),
        ('<g><SCRIPT xmlns="http://www.w3.org/1999/xhtml"/><s:script xmlns:s="http://e"/></g>', "<script> is a script"),
        ('<rect onclick="x()"/>', "onclick would run"),
        ('<rect OnLoad="x()"/>', "onload would run"),
        ('<foreignObject><b xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', "<foreignObject> is foreign"),
        ('<use xlink:href="http://evil/x.svg#a"/>', "href refers to something outside"),
        ('<use href="file:///etc/passwd"/>', "href refers to something outside"),
        ('<use href="javascript:alert(1)"/>', "href refers to something outside"),
        ('<linearGradient xlink:href="//evil"/>', "href refers to something outside"),
        ('<image href="data:image/png;base64,AAAA"/>', "<image> is a picture"),
        ('<image xlink:href="http://evil/x.png"/>', "<image> is a picture"),
        ('<a href="#x"><rect/></a>', "<a> is a link"),
        ('<rect fill="url(http://evil/#a)"/>', "url() refers to something outside"),
        ("<rect fill='URL( \"http://evil\" )'/>", "url() refers to something outside"),
        ('<rect style="fill: url(http://evil)"/>', "url() refers to something outside"),
        ('<rect style="fill: u\\72l(x)"/>', "more than colours"),
        ("<style>@import 'http://evil';</style>", "more than colours"),
        ("<style>.a { fill: url(http://evil) }</style>", "url() refers"),
        ("<style>/* */ .a { width: expression(1) }</style>", "more than colours"),
        ("<style><![CDATA[" + "a" * 20000 + "@import]]></style>", "more than colours"),
        ('<animate attributeName="x"/>', "<animate> is an animation"),
        ('<rect><set attributeName="x"/></rect>', "<set> is an animation"),
        ('<g xml:base="http://evil/"/>', "base refers to something outside"),
        ('<?xml-stylesheet href="http://evil/x.css"?>', "fetches a style sheet"),
        ("<g>" * 70 + "</g>" * 70, "nested deeper than 64"),
        ("<rect/>" * 100_000, "more than 20000 nodes"),
        ('<g id="a"><use href="#a"/></g>', "holds itself"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "holds itself"),
        ('<pattern id="p"><rect fill="url(#p)"/></pattern>', "holds itself"),
        ("&entity;", "this is not SVG: undefined entity"),
        ("<g>", "this is not SVG: mismatched tag"),
        ("\ud800", "characters that are none"),
    ],
)
@pytest.mark.cr("SAR 2.4", "3.5")
def test_what_is_not_harmless_is_refused(inside: str, what: str) -> None:
    drawing, mistakes = read(svg(inside))
    assert drawing is None
    assert any(what in mistake.what and mistake.line >= 1 and mistake.mend for mistake in mistakes), mistakes


def test_a_billion_laughs_are_refused_by_entity_and_by_use() -> None:
    entities = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{chr(ord(name) - 1)};" * 10}">' for name in "bcdefghij"
    )
    _, mistakes = read(entities + "]>" + svg("&j;"))
    assert [mistake.what[:24] for mistake in mistakes] == ["the drawing has a DOCTYP"]
    uses = "".join(f'<g id="l{n}">{f"""<use href="#l{n + 1}"/>""" * 10}</g>' for n in range(30)) + '<g id="l30"/>'
    _, mistakes = read(svg(uses))
    assert ["makes more than 20000 nodes" in mistake.what for mistake in mistakes] == [True]


def test_a_gradient_may_be_used_by_every_shape() -> None:
    stops = "<stop/>" * 5
    drawing, _ = read(svg(f'<linearGradient id="g">{stops}</linearGradient>' + '<rect fill="url(#g)"/>' * 9000))
    assert drawing is not None


def test_an_external_doctype_is_refused_too() -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert read(doctype + svg(""))[0] is None


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('viewBox="0 0 100 50"', (100.0, 50.0)),
        ('viewBox="-5,-5 10,20" width="100%"', (10.0, 20.0)),
        ('width="40" height="20px"', (40.0, 20.0)),
        ('width="10mm" height="1in"', (35.433, 90.0)),
        ("", None),
        ('viewBox="0 0 0 50"', None),
        ('viewBox="0 0 nan 50"', None),
        ('viewBox="0 0 1e9 50"', None),
        ('width="100%" height="100%"', None),
    ],
)
def test_a_drawing_has_a_size(head: str, size: tuple[float, float] | None) -> None:
    drawing, mistakes = read(svg("<rect/>", head))
    assert (drawing.size if drawing else None) == size, mistakes
    if drawing:
        assert "viewBox=" in drawing.text


@pytest.mark.parametrize("text", ["", "<", "<svg", "<html/>", "\0", "<svg/>", svg("")[:-3], svg("") + "<g/>", "{}"])
def test_what_is_no_svg_is_refused_with_a_line(text: str) -> None:
    drawing, mistakes = read(text)
    assert drawing is None and mistakes


def test_a_drawing_that_is_too_big_is_not_even_read() -> None:
    (mistake,) = read(" " * (MAX_CHARACTERS + 1))[1]
    assert "bigger than 5 MB" in mistake.what


def test_a_thousand_mistakes_are_not_all_told() -> None:
    assert len(read(svg('<rect onclick="x"/>' * 1000))[1]) == MAX_TOLD


def test_what_cannot_be_drawn_is_left_out_with_a_warning() -> None:
    drawing, mistakes = read(svg('<filter id="f"><feBlend/></filter><rect/>'))
    assert drawing is not None and "filter" not in drawing.text
    assert [mistake.severity for mistake in mistakes] == ["warning"]


FULL = svg('<g id="a"><path d="M0 0" style="fill:red"/></g><use href="#a"/><style>.a{fill:red}</style><text>x</text>')


@given(st.integers(0, len(FULL)), st.integers(0, 8), st.text(alphabet="<>/&;#\"'=!-[]?svgonhrefurl():@ \0", max_size=9))
@settings(max_examples=300, deadline=None)
def test_a_damaged_drawing_is_refused_or_harmless(place: int, length: int, other: str) -> None:
    drawing, _ = read(FULL[:place] + other + FULL[place + length :])
    if drawing:
        again, _ = read(drawing.text)
        assert again is not None and again.text == drawing.text
