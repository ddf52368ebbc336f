"""What the manual quotes of the demo plant's files is what stands in them."""

from pathlib import Path

from hmi.core.plant.trends_toml import read_group
from hmi.plantfiles.folder import load_folder

ROOT = Path(__file__).parents[2]


def test_the_filler_in_the_manual_is_the_fillers_file():
    manual = (ROOT / "resources/manual/screens.md").read_text("utf-8")
    section = manual.partition("## The filler, as text and as a picture")[2]
    quoted = section.partition("```toml\n")[2].partition("\n```")[0]
    screen = (ROOT / "resources/plants/bottling/screens/filler.toml").read_text("utf-8")
    assert len(quoted.splitlines()) > 30
    assert quoted in screen
    assert (ROOT / "resources/manual/pictures/filler.png").exists()


def test_the_trend_in_the_manual_is_one_that_the_demo_plant_can_show():
    plant = load_folder(ROOT / "resources/plants/bottling")
    manual = (ROOT / "resources/manual/plant-files.md").read_text("utf-8")
    quoted = manual.partition("## trends/*.toml")[2].partition("```toml\n")[2].partition("\n```")[0]
    mistakes = []
    group = read_group("trends/quoted.toml", quoted, plant.tags, plant.tag_index, mistakes)
    assert mistakes == []
    assert (group.id, group.span_s, len(group.pens)) == ("filler-bowl", 600.0, 3)


def test_the_trends_in_the_manual_are_the_demo_plants_each_with_its_picture():
    plant = load_folder(ROOT / "resources/plants/bottling")
    manual = (ROOT / "resources/manual/trends.md").read_text("utf-8")
    for group in plant.trends.values():
        assert f"## {group.title}\n" in manual
        assert f"pictures/trends-{group.id}.png" in manual
        assert (ROOT / f"resources/manual/pictures/trends-{group.id}.png").exists()
    assert len(plant.trends) == 6
