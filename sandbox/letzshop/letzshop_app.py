"""All that one server serves."""

from __future__ import annotations

from ..http.clock import Clock
from ..http.control_routes import PREFIX, ControlRoutes
from ..http.fault_board import FaultBoard
from ..http.http_error import HttpError
from ..http.reply import Reply
from ..http.request import Request
from ..http.request_log import RequestLog
from ..http.wire_faults import WIRE_FAULTS
from .api.answer_faults import ANSWER_FAULTS
from .api.graphql_endpoint import GraphqlEndpoint
from .control.control_routes import own_routes
from .control.letzshop_control import LetzshopControl
from .feed.feed_routes import FEEDS, PICTURES, FeedRoutes
from .settings import Settings
from .shop import VENDORS, Shop


class LetzshopApp:
    """The GraphQL API, the merchant's catalogue and feeds, and the control API."""

    def __init__(self) -> None:
        clock, settings, log = Clock(), Settings(), RequestLog()
        faults = FaultBoard((*WIRE_FAULTS, *ANSWER_FAULTS))
        shop = Shop(clock)
        self.control = LetzshopControl(shop, settings, faults, log, clock)
        self._graphql = GraphqlEndpoint(shop, settings, faults, log)
        self._feeds = FeedRoutes(shop)
        self._routes = ControlRoutes(self.control, own_routes(self.control))

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        path = request.path
        if path == "/graphql":
            return self._graphql.handle(request)
        if path.startswith(PREFIX):
            return self._routes.handle(request)
        if path == "/catalogue.json" and request.method == "GET":
            return Reply.json(self.control.catalogue(request.query.get("vendor", VENDORS[0])))
        if path.startswith((FEEDS, PICTURES)) and request.method in ("GET", "HEAD"):
            return self._feeds.handle(request)
        raise HttpError(404, "There are /graphql, /catalogue.json, /feeds/ and /_control/.")
