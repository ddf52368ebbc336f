"""What the manual quotes of the demo plant's files is what stands in them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_filler_in_the_manual_is_the_fillers_file():
    manual = (ROOT / "resources/manual/screens.md").read_text("utf-8")
    section = manual.partition("## The filler, as text and as a picture")[2]
    quoted = section.partition("```toml\n")[2].partition("\n```")[0]
    screen = (ROOT / "resources/plants/bottling/screens/filler.toml").read_text("utf-8")
    assert len(quoted.splitlines()) > 30
    assert quoted in screen
    assert (ROOT / "resources/manual/pictures/filler.png").exists()
