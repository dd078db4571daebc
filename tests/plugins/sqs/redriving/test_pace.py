"""The rate of a redrive, and the canary before it."""

from __future__ import annotations

from plugins.sqs.redriving.pace import Bucket, Pace


def test_a_bucket_lets_so_many_go_each_second() -> None:
    bucket, went = Bucket(10, 0.0), 0
    for tick in range(100):
        count = min(10, bucket.most(tick / 10))
        bucket.spend(count)
        went += count
    assert 99 <= went <= 101


def test_after_a_pause_no_flood_comes() -> None:
    bucket = Bucket(10, 0.0)
    assert bucket.most(1000.0) == 10


def test_one_goes_first_and_the_others_faster_and_faster() -> None:
    pace = Pace(100, 0.0, canary=30)
    assert pace.most(0.0) == 1
    pace.spend(1)
    assert pace.most(5.0) == 0
    assert pace.look(5.0, sent=1, bounced=0, out=0) == ""
    assert pace.left(5.0) == 30
    assert pace.most(34.0) == 0
    pace.look(35.0, sent=1, bounced=0, out=0)
    assert not pace.is_watching
    assert [pace.rate(35.0 + seconds) for seconds in (0, 10, 20, 70)] == [1, 2, 4, 100]


def test_a_canary_that_comes_back_ends_it_and_few_of_many_do_not() -> None:
    pace = Pace(100, 0.0, canary=30)
    pace.spend(1)
    assert "came back" in pace.look(1.0, sent=1, bounced=1, out=0)
    assert pace.look(1.0, sent=10, bounced=2, out=0) == ""
    assert "came back" in pace.look(1.0, sent=10, bounced=3, out=0)
    assert Pace(100, 0.0).look(1.0, sent=1, bounced=1, out=0) == "", "no canary, no watch"


def test_a_canary_that_was_refused_is_followed_by_another() -> None:
    pace = Pace(100, 0.0, canary=30)
    pace.spend(1)
    pace.look(1.0, sent=0, bounced=0, out=0)
    assert pace.most(1.0) == 1


def test_a_person_may_let_the_others_go() -> None:
    pace = Pace(100, 0.0, canary=300)
    pace.pass_canary(1.0)
    assert pace.is_watching, "not before it was taken"
    pace.spend(1)
    pace.look(1.0, sent=1, bounced=0, out=0)
    pace.pass_canary(2.0)
    assert not pace.is_watching
