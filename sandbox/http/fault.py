"""A fault that befalls one request."""

from __future__ import annotations

from dataclasses import dataclass

from .json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Fault:
    """Kind and options of what goes wrong; the options were checked when it was armed."""

    kind: str
    options: JsonObject

    def value(self, name: str) -> JsonValue:
        """An option as it was armed, or None."""
        return self.options.get(name)

    def number(self, name: str, default: float) -> float:
        """An option that is a number."""
        value = self.options.get(name)
        return value if isinstance(value, (int, float)) else default

    def text(self, name: str, default: str) -> str:
        """An option that is a text."""
        value = self.options.get(name)
        return value if isinstance(value, str) else default

    @property
    def before(self) -> bool:
        """Whether it strikes before the request has an effect."""
        return self.text("when", "before") == "before"
