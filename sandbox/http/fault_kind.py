"""A way of going wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .http_error import HttpError
from .json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What can be armed.

    :param options: what each option may be: a type, or the words to choose from.
    """

    name: str
    description: str
    options: Mapping[str, type | tuple[str, ...]] = field(default_factory=dict)

    def check(self, options: JsonObject) -> None:
        """An `HttpError` when an option is unknown or not what it may be."""
        for name, value in options.items():
            allowed = self.options.get(name)
            if allowed is None:
                raise HttpError(400, f"The fault {self.name} has no option {name}.")
            if isinstance(allowed, tuple):
                if value not in allowed:
                    words = ", ".join(allowed)
                    raise HttpError(400, f"The option {name} of {self.name} is one of {words}.")
            elif not _fits(value, allowed):
                raise HttpError(400, f"The option {name} of {self.name} is a {allowed.__name__}.")


def _fits(value: JsonValue, allowed: type) -> bool:
    if allowed is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, allowed)
