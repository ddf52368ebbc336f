from hmi import cli


def test_a_bench_that_is_not_built_says_which_are(capsys):
    assert cli.main(["bench", "uplink"]) == 2
    assert "not built yet" in capsys.readouterr().err
