"""A carrier of one's own."""

from __future__ import annotations

from ..http.json_value import JsonObject
from ..http.stand_in import StandIn
from .label_app import CONTROL, PREFIX, LabelApp


class LabelSandbox(StandIn):
    """A carrier's server of labels.

    :param port: 0 for any free one.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.app = LabelApp()
        super().__init__(self.app, port)

    @property
    def prefix(self) -> str:
        """To which a shipment number is appended."""
        return f"{self.url}{PREFIX}"

    def describe(self) -> JsonObject:
        """Addresses."""
        return {"prefix": self.prefix, "control": f"{self.url}{CONTROL.rstrip('/')}"}
