"""What strikes when is decided by the seed alone."""

from chaos.schedule import DECK, WITH_REDIS, schedule


def test_the_same_seed_gives_the_same_strikes_and_another_one_others() -> None:
    first = schedule(7, 300, gap_s=6)
    assert schedule(7, 300, gap_s=6) == first
    assert schedule(8, 300, gap_s=6) != first


def test_every_kind_comes_within_one_deck() -> None:
    strikes = schedule(7, 10_000, gap_s=6)[: sum(DECK.values())]
    assert {kind: sum(strike.kind == kind for strike in strikes) for kind in DECK} == DECK


def test_strikes_are_in_order_inside_the_time_and_about_so_far_apart() -> None:
    moments = [strike.at_s for strike in schedule(7, 6000, gap_s=6)]
    assert moments == sorted(moments)
    assert (moments[0], moments[-1] < 6000) == (2.0, True)
    assert 900 < len(moments) < 1100


def test_what_is_left_out_never_comes() -> None:
    kinds = {strike.kind for strike in schedule(7, 3000, gap_s=6, without=frozenset(WITH_REDIS))}
    assert kinds == set(DECK) - WITH_REDIS
