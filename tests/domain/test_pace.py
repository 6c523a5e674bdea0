"""What is remembered of a run from look to look."""

from bot.domain.pace import Pace, after_look, after_silence, first_pace
from bot.domain.run import Run, RunTestCase
from tests.domain.build import case, run


def _cases(finished: int, working: int = 0, waiting: int = 0) -> tuple[RunTestCase, ...]:
    return (
        *(case(f"f{n}") for n in range(finished)),
        *(case(f"r{n}", status="RUNNING", result=None) for n in range(working)),
        *(case(f"w{n}", status="initiated", result=None) for n in range(waiting)),
    )


def _looks(*looks: tuple[float, Run]) -> Pace:
    """The pace after these answers; test cases are asked for wherever the answer holds some."""
    pace = Pace()
    for at, answer in looks:
        pace = after_look(pace, answer, at, with_cases=bool(answer.run_test_cases))
    return pace


def test_the_start_lies_half_way_between_the_last_look_at_the_queue_and_the_next() -> None:
    assert _looks((0, run("INITIATED"))).started is None
    assert _looks((0, run("INITIATED")), (30, run("INITIATED")), (60, run())).started == 45


def test_a_run_that_is_first_seen_running_started_when_watching_began() -> None:
    assert first_pace(run()).started == 0


def test_finished_test_cases_are_counted_from_the_first_look_at_them() -> None:
    pace = _looks((0, run()), (10, run(run_test_cases=_cases(2, 1, 5))))
    assert (pace.first_at, pace.first_finished, pace.finished) == (10, 2, 2)
    assert (pace.working, pace.waiting, pace.left) == (1, 5, 6)
    assert pace.moved is None


def test_a_test_case_finished_half_way_between_two_looks_at_them() -> None:
    pace = _looks(
        (0, run(run_test_cases=_cases(0, 3))),
        (20, run()),
        (40, run(run_test_cases=_cases(1, 2))),
        (60, run(run_test_cases=_cases(1, 2))),
    )
    assert (pace.moved, pace.cases_at, pace.finished) == (20, 60, 1)


def test_looks_are_counted_whether_they_are_answered_or_not() -> None:
    pace = after_silence(after_silence(first_pace(run()), with_cases=True), with_cases=False)
    assert (pace.looks, pace.case_looks) == (3, 1)
    assert pace.answered == 0


def test_a_run_that_was_watched_from_its_start_says_how_long_it_took() -> None:
    watched = (
        (0.0, run("INITIATED")),
        (20.0, run(run_test_cases=_cases(0, 2))),
        (100.0, run()),
        (110.0, run("COMPLETED", "PASSED")),
        (111.0, run("COMPLETED", "PASSED", run_test_cases=_cases(2))),
    )
    assert _looks(*watched).took_seconds == 95
    assert _looks(*watched[:3]).took_seconds is None


def test_a_run_that_was_joined_late_does_not_say_how_long_it_took() -> None:
    late = _looks((0, run(run_test_cases=_cases(1, 1))), (50, run("COMPLETED", "PASSED")))
    assert late.took_seconds is None
    never_seen = _looks((0, run()), (50, run("COMPLETED", "PASSED")))
    assert never_seen.took_seconds is None


def test_all_test_cases_have_finished_only_where_there_are_some() -> None:
    assert not first_pace(run()).is_done
    assert not _looks((0, run(run_test_cases=_cases(2, 0, 1)))).is_done
    assert _looks((0, run(run_test_cases=_cases(2)))).is_done


def test_nothing_is_known_where_qatech_could_not_be_asked() -> None:
    assert first_pace(None) == Pace()
