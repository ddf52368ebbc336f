from hmi import cli


def test_attach_without_a_token_says_where_it_is(capsys, monkeypatch):
    monkeypatch.delenv("HMI_TOKEN", raising=False)
    assert cli.main(["run", "--attach", "127.0.0.1:1"]) == 1
    assert "HMI_TOKEN" in capsys.readouterr().err


def test_a_screen_that_is_not_there_names_those_that_are(capsys, tmp_path):
    words = ["screenshot", "bottling", "--screen", "nothing", "--out", str(tmp_path / "x.png")]
    assert cli.main(words) == 1
    assert "overview" in capsys.readouterr().err


def test_a_misspelt_screen_suggests_the_nearest(capsys, tmp_path):
    assert cli.main(["screenshot", "bottling", "--screen", "filer", "--out", str(tmp_path / "x.png")]) == 1
    said = capsys.readouterr().err
    assert "Did you mean: filler" in said
    assert "utilities" not in said


def test_a_picture_without_an_engine_shows_the_screen_without_values(capsys, tmp_path, qapp):
    out = tmp_path / "x.png"
    words = ["screenshot", "bottling", "--screen", "overview", "--out", str(out), "--data", str(tmp_path)]
    assert cli.main([*words, "--size", "800x500"]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "without values" in capsys.readouterr().err
