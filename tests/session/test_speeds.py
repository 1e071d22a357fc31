from nnviz.session.speeds import DEFAULT_SPEED, SPEEDS


def test_the_run_bar_has_seven_speeds_from_slow_to_full() -> None:
    assert tuple(SPEEDS) == ("1", "5", "20", "60", "10_per_frame", "100_per_frame", "full")
    assert DEFAULT_SPEED in SPEEDS


def test_timed_speeds_go_by_the_clock_alone() -> None:
    for rate in (1, 5, 20, 60):
        speed = SPEEDS[str(rate)]
        assert (speed.epochs_per_second, speed.epochs_per_frame) == (rate, None)


def test_counted_speeds_have_no_clock_and_full_speed_never_waits() -> None:
    assert (SPEEDS["10_per_frame"].epochs_per_frame, SPEEDS["10_per_frame"].epochs_per_second) == (10, None)
    assert SPEEDS["full"].epochs_per_frame is None
