"""The strip above every page is there exactly while the plant is not seen."""


def test_it_comes_with_the_silence_and_goes_with_the_next_word(window, engine, clock):
    notice = window.shell.notice
    assert notice.isHidden()
    clock.advance(2.0)
    window.frame.beat()
    assert notice.isVisible()
    assert "nothing heard from the engine for 2 s" in notice.headline.whole
    engine.health()
    window.frame.beat()
    assert notice.isHidden()


def test_it_counts_the_seconds_and_says_what_to_do(window, engine, clock):
    engine.hang_up()
    window.frame.beat()
    clock.advance(61)
    window.frame.beat()
    notice = window.shell.notice
    assert "1 min 01 s" in notice.headline.whole
    assert "The engine has closed the link" in notice.detail.whole
