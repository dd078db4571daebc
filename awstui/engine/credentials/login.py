"""Renewing a profile's credentials because the person asked for it."""

from __future__ import annotations

from typing import Any

from awstui.engine.credentials.failure import logs_in
from awstui.engine.credentials.sso import log_in, portal
from awstui.engine.sessions import Sessions
from awstui.errors import Attempt, AwsError, AwstuiError, explain


async def renew(sessions: Sessions, profile: str, *, by: str = "") -> dict[str, Any]:
    """Log in where that can be done from here, and resolve anew; ``by`` is as in :class:`awstui.wire.Login`.

    ``run`` in the answer are the words of a command that has to be run on the terminal instead.
    """
    try:
        session = await sessions.session(profile)
        keeper = sessions.keeper(profile)
        config = session.full_config
        owner = logs_in(config, profile)
        console = "login_session" in config.get("profiles", {}).get(owner, {})
        if by == "command" or (console and by != "done"):
            return {"run": ["aws", *([] if console else ["sso"]), "login", "--profile", owner]}
        if by != "done" and (where := portal(config, profile)):
            await log_in(session, where, profile, sessions)
        if keeper is not None:
            await keeper.renew()
    except AwstuiError:
        raise
    except Exception as error:
        raise AwsError(explain(error, Attempt(action="the login", profile=profile))) from error
    return {}
