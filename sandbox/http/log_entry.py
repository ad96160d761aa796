"""A request in the log."""

from __future__ import annotations

from dataclasses import dataclass, field

from .json_value import JsonObject, JsonValue


@dataclass(slots=True)
class LogEntry:
    """One request as it was received and answered, without secrets.

    :param at: when it came, in seconds of the machine's monotonic clock.
    :param seconds: until it was answered; None while it is not.
    """

    number: int
    at: float
    method: str
    path: str
    key: str = ""
    operations: tuple[str, ...] = ()
    variables: JsonValue = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    faults: tuple[str, ...] = ()
    seconds: float | None = None

    def as_json(self) -> JsonObject:
        """The entry as the control API shows it."""
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "key": self.key,
            "operations": list(self.operations),
            "variables": self.variables,
            "headers": dict(self.headers),
            "status": self.status,
            "faults": list(self.faults),
            "seconds": self.seconds,
        }
