"""When a fault strikes."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass

from .fault import Fault
from .json_value import JsonObject


@dataclass(slots=True)
class FaultRule:
    """A fault, and the requests that it befalls.

    :param operation: root field or operation name; None for every request.
    :param key: name of a key; None for all.
    :param vendor: one that the key may see; None for all.
    :param times: how often it still strikes; None until it is cleared.
    :param skip: matching requests that are spared first.
    :param probability: chance for each matching request.
    """

    id: int
    fault: Fault
    operation: str | None = None
    key: str | None = None
    vendor: str | None = None
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    hits: int = 0

    def strikes(
        self, operations: Collection[str], key: str, vendors: Collection[str], rng: random.Random
    ) -> bool:
        """Whether it befalls this request; counts it when it does."""
        if self.times == 0 or (self.operation is not None and self.operation not in operations):
            return False
        if self.key not in (None, key) or (self.vendor is not None and self.vendor not in vendors):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.probability < 1 and rng.random() >= self.probability:
            return False
        self.hits += 1
        if self.times is not None:
            self.times -= 1
        return True

    def as_json(self) -> JsonObject:
        """The rule as the control API shows it."""
        return {
            "id": self.id,
            "kind": self.fault.kind,
            "options": self.fault.options,
            "operation": self.operation,
            "key": self.key,
            "vendor": self.vendor,
            "times": self.times,
            "skip": self.skip,
            "probability": self.probability,
            "hits": self.hits,
        }
