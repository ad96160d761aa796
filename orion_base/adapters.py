"""Building the adapters of a channel.

Module functions on purpose: no model method returns an object that holds a secret.
"""

import functools

from . import identity, secrets
from .engine.rate_limit import DatabaseRateLimiter
from .lib.connection import ChannelConnection
from .lib.errors import Rejected
from .lib.http_session import HttpSession
from .lib.rate_limit import Rate, Turns

#: Roles of the suite; the first one with a `check` method proves a channel's connection.
ROLES = ("orders", "catalogue", "stock", "keys")

USER_AGENT = "Orion/19.0 (+Odoo)"


def open_adapter(channel, role):
    """The adapter that plays `role` for one channel, ready to call the marketplace.

    :raise UnconfirmedCopy: when the database looks like a copy
    :raise KeyUnusable: when this server has not the right encryption key
    :raise Rejected: when no installed addon plays the role for this channel
    """
    channel.ensure_one()
    problem = identity.copy_problem(channel.env)
    if problem:
        raise identity.UnconfirmedCopy(problem)
    return open_adapter_with(channel, role, secrets.channel_secrets(channel))


def open_adapter_with(channel, role, plain_secrets):
    """Like `open_adapter`, with secrets that need not be stored; `channel` may be new."""
    adapter_class = channel._adapter_class(role)
    if adapter_class is None:
        raise Rejected(
            channel.env._(
                "No installed app connects “%(channel)s”. Install the marketplace's app, or "
                "archive the channel.",
                channel=channel.name,
            )
        )
    http = _http_session(
        channel.env.cr.dbname,
        channel._origin.id,
        channel.requests_per_second,
        channel.request_timeout,
    )
    http.hide(*plain_secrets.values())
    return adapter_class(
        ChannelConnection(
            endpoint=channel.api_endpoint or "",
            secrets=plain_secrets,
            http=http,
            limiter=DatabaseRateLimiter(channel.env.cr.dbname),
            settings=channel._adapter_settings(),
        )
    )


def checking_role(channel):
    """The first role whose adapter can prove the connection, or None."""
    for role in ROLES:
        if hasattr(channel._adapter_class(role), "check"):
            return role
    return None


@functools.lru_cache(maxsize=128)
def _http_session(database, channel_id, rate, timeout):
    """One session a channel and process: connections are kept alive. It holds no key but for
    hiding it from logs."""
    return HttpSession(
        turns=_turns(database, channel_id, rate) if rate > 0 else None,
        total_deadline=float(timeout),
        read_timeout=float(timeout),
        user_agent=USER_AGENT,
    )


def _turns(database, channel_id, rate):
    """Calls of a channel, whoever makes them."""
    limiter = DatabaseRateLimiter(database)
    return Turns(limiter, f"channel:{channel_id or 'new'}", Rate(rate, max(1.0, rate)))
