"""The meter says how busy the engine is now."""

from __future__ import annotations

import pytest

from awstui.engine.meter import Meter


def test_a_steady_stream_reads_as_its_rate_and_silence_as_nothing() -> None:
    now = 0.0
    meter = Meter(lambda: now)
    for _ in range(400):
        now += 0.05
        with meter.call():
            assert meter.in_flight == 1
    assert meter.calls_per_second == pytest.approx(20, rel=0.05)
    assert (meter.in_flight, meter.total) == (0, 400)
    now += 30
    assert meter.calls_per_second == 0.0


def test_a_refusal_is_news_for_a_while() -> None:
    now = 0.0
    meter = Meter(lambda: now)
    assert not meter.throttled
    meter.refused()
    assert meter.throttled
    now = 11.0
    assert not meter.throttled
