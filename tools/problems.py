"""What can go wrong with a machine, as one sentence that says what to do."""

from __future__ import annotations

import errno
import re
from pathlib import Path


class Problem(Exception):
    """Told to the person as it stands, without a traceback."""


_FULL = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"Could not resolve|name resolution|Name or service not known|Connection refused"
    r"|Connection timed out|establish a new connection|Cannot initiate the connection"
    r"|Unable to connect|Network is unreachable|No route to host|ProxyError|ReadTimeout"
    r"|Read timed out|Connection reset|Max retries exceeded|Failed to fetch|SSLError"
    r"|CERTIFICATE_VERIFY_FAILED|No matching distribution found",
    re.IGNORECASE,
)


def disk_full(folder: Path) -> Problem:
    """The sentence about a full disk."""
    return Problem(
        f"The disk that holds {folder} is full: free some space, or set ORION_CACHE to a folder "
        "on another disk."
    )


def of_output(what: str, output: str, folder: Path, log: Path) -> Problem:
    """Read in `output` of a program that failed why it did.

    :param what: what was being done, as the middle of a sentence.
    :param log: where the whole output stands.
    """
    if _FULL.search(output):
        return disk_full(folder)
    if _UNREACHABLE.search(output):
        return Problem(
            f"{what[:1].upper()}{what[1:]} failed because a package registry did not give what was "
            f"asked for: check network, proxy and registry settings, and try again ({log})."
        )
    return Problem(f"{what[:1].upper()}{what[1:]} failed: what went wrong stands in {log}.")


def of_os_error(error: OSError, folder: Path) -> Problem | None:
    """The sentence for an error of the file system; None for one that is no person's doing."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(folder)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR} and error.filename:
        return Problem(
            f"{error.filename} cannot be written: set ORION_CACHE to a folder of your own."
        )
    return None
