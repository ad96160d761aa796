"""What tests may do to any stand-in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from .clock import Clock
from .fault_board import FaultBoard
from .json_value import JsonObject, JsonValue
from .request_log import RequestLog


class Control(ABC):
    """Time, faults and requests. A stand-in adds its own scene, and what happened in it."""

    def __init__(self, clock: Clock, faults: FaultBoard, log: RequestLog) -> None:
        self.clock = clock
        self._faults = faults
        self._log = log

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Counts, time and settings."""

    @abstractmethod
    def configure(self, **changes: JsonValue) -> dict[str, Any]:
        """Change settings."""

    def set_clock(
        self, now: datetime | None = None, *, advance: float = 0, freeze: bool = False
    ) -> datetime:
        """Set the clock, or jump ahead so many seconds; the time then."""
        if now is not None or freeze:
            self.clock.set(now or self.clock.now(), freeze=freeze)
        self.clock.advance(advance)
        return self.clock.now()

    def arm(self, kind: str, **options: Any) -> int:
        """Arm a fault, see `FaultBoard.arm`; its id."""
        return self._faults.arm(kind, **options)

    def faults(self) -> list[JsonObject]:
        """The armed faults, with their hits."""
        return self._faults.as_json()

    def clear_faults(self, rule_id: int | None = None) -> int:
        """Disarm one fault or all; how many there were."""
        return self._faults.clear(rule_id)

    def kinds(self) -> dict[str, str]:
        """What can be armed, and what it does."""
        return {kind.name: kind.description for kind in self._faults.kinds.values()}

    def requests(
        self, operation: str | None = None, last: int | None = None
    ) -> list[dict[str, Any]]:
        """The requests received, oldest first, without secrets."""
        return [dict(entry) for entry in self._log.as_json(operation, last)]

    def clear_requests(self) -> None:
        """Forget the requests received."""
        self._log.clear()
