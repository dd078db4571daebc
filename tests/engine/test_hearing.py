"""What answers tell of this machine's clock."""

from __future__ import annotations

import time

import pytest

from awstui.engine.hearing import GRAIN
from tests.engine.conftest import SCOPE, MakeDoors
from tests.faults import http


@pytest.mark.parametrize("ahead", [-700.0, -1.0, 0.0, 60.0, 700.0])
def test_the_time_is_aws_s_whatever_this_machine_s_clock_says(
    make_doors: MakeDoors, ahead: float
) -> None:
    doors = make_doors("http://127.0.0.1:9")
    answer = {
        "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {"date": http.date(-ahead)}}
    }
    heard = doors.hearing.of("default")
    heard("response-received.sts.GetCallerIdentity", {"client_region": "eu-west-1"}, answer)
    aws = doors.open(SCOPE, "logs")
    assert aws.now() == pytest.approx(time.time() - ahead, abs=GRAIN)
    assert abs(ahead) > GRAIN or doors.hearing.ahead == 0.0, "a date has whole seconds only"
