"""The armed faults."""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Iterable

from .fault import Fault
from .fault_kind import FaultKind
from .fault_rule import FaultRule
from .http_error import HttpError
from .json_value import JsonObject, JsonValue


class FaultBoard:
    """Holds rules and draws the faults of each request.

    :param kinds: what can be armed.
    """

    def __init__(self, kinds: Iterable[FaultKind], seed: int = 0) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self._lock = threading.Lock()
        self._rules: dict[int, FaultRule] = {}
        self._last_id = 0
        self._random = random.Random(seed)

    def arm(
        self,
        kind: str,
        *,
        operation: str | None = None,
        key: str | None = None,
        vendor: str | None = None,
        times: int | None = 1,
        skip: int = 0,
        probability: float = 1.0,
        **options: JsonValue,
    ) -> int:
        """Add a rule (see `FaultRule`) and return its id; an `HttpError` for a wrong one."""
        known = self.kinds.get(kind)
        if known is None:
            raise HttpError(400, f"There is no fault {kind}; there are {', '.join(self.kinds)}.")
        known.check(options)
        if not all(isinstance(number, int) for number in (times or 0, skip)):
            raise HttpError(400, "times and skip are whole numbers; times may be null.")
        if not isinstance(probability, (int, float)):
            raise HttpError(400, "probability is a number from 0 to 1.")
        fault = Fault(kind, dict(options))
        with self._lock:
            self._last_id += 1
            rule = FaultRule(self._last_id, fault, operation, key, vendor, times, skip, probability)
            self._rules[rule.id] = rule
            return rule.id

    def clear(self, rule_id: int | None = None) -> int:
        """Remove one rule or all; how many there were."""
        with self._lock:
            if rule_id is not None:
                return int(self._rules.pop(rule_id, None) is not None)
            count = len(self._rules)
            self._rules.clear()
            return count

    def seed(self, seed: int) -> None:
        """Start the dice of `probability` anew."""
        with self._lock:
            self._random.seed(seed)

    def draw(
        self, operations: Collection[str], key: str, vendors: Collection[str]
    ) -> dict[str, Fault]:
        """The faults that befall this request, by kind."""
        if not self._rules:
            return {}
        with self._lock:
            struck = [
                rule
                for rule in self._rules.values()
                if rule.strikes(operations, key, vendors, self._random)
            ]
        return {rule.fault.kind: rule.fault for rule in struck}

    def as_json(self) -> list[JsonObject]:
        """All rules, the used-up ones included."""
        with self._lock:
            return [rule.as_json() for rule in self._rules.values()]
