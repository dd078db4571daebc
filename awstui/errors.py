"""What an error means to a person, and the IAM action it names."""

from __future__ import annotations

from awstui.wire import Problem


class AwstuiError(Exception):
    """Something a person has to know, said as a :class:`Problem`."""

    def __init__(self, problem: Problem | str) -> None:
        self.problem = problem if isinstance(problem, Problem) else Problem(problem)
        super().__init__(self.problem.what)


class AwsError(AwstuiError):
    """AWS refused, failed or could not be reached."""
