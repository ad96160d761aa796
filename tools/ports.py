"""TCP ports on loopback."""

from __future__ import annotations

import socket

from tools.problems import Problem

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nothing uses at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def demand_free(port: int, variable: str) -> None:
    """Check that `port` can be listened on.

    :param variable: the environment variable that chooses another one.
    :raises Problem: when something else listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Problem(
                f"Port {port} is in use or not allowed: stop what listens there, or choose another "
                f"port, as in `{variable}={port + 1 if port < 65535 else 8070} make run`."
            ) from error
