"""All that one server serves."""

from __future__ import annotations

from ..http.clock import Clock
from ..http.control_routes import PREFIX, ControlRoutes
from ..http.fault_board import FaultBoard
from ..http.reply import Reply
from ..http.request import Request
from ..http.request_log import RequestLog
from ..http.wire_faults import WIRE_FAULTS
from .api.answer_faults import ANSWER_FAULTS
from .api.supplier_api import SupplierApi
from .api.token_desk import TokenDesk
from .control.control_routes import own_routes
from .control.supplier_control import SupplierControl
from .rate_limits import RateLimits
from .settings import Settings
from .supplier import Supplier


class SupplierApp:
    """The supplier's API, and the control API."""

    def __init__(self) -> None:
        clock, settings, log, limits = Clock(), Settings(), RequestLog(), RateLimits()
        faults = FaultBoard((*WIRE_FAULTS, *ANSWER_FAULTS))
        supplier, desk = Supplier(clock, settings), TokenDesk(clock, settings)
        self.control = SupplierControl(supplier, desk, faults, log, limits)
        self._api = SupplierApi(supplier, desk, faults, log, limits)
        self._routes = ControlRoutes(self.control, own_routes(self.control))

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path.startswith(PREFIX):
            return self._routes.handle(request)
        return self._api.handle(request, f"http://{request.headers.get('host', 'localhost')}")
