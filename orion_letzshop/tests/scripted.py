"""An HTTP session that answers from a script, and remembers what it was asked."""

import json
from pathlib import Path

from graphql import OperationDefinitionNode, build_schema, parse, validate

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.http_session import HttpResponse
from odoo.addons.orion_letzshop.lib.order_adapter import LetzshopOrderAdapter

SCHEMA = build_schema((Path(__file__).parent / "data" / "letzshop.graphql").read_text())


class ScriptedHttp:
    """Takes the place of `HttpSession`.

    :param answers: bodies in the order of the calls; an exception is raised instead, a
        function is called with the request's JSON.
    """

    total_deadline = 30.0

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.headers = []

    def redact(self, text):
        return text

    def request(self, method, url, *, headers, json, accept):
        assert method == "POST"
        self.asked.append(json)
        self.headers.append(headers)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(json)
        return _response(url, answer)

    def check_schema(self):
        """Every request is valid against the schema, and so are its variables' names."""
        for asked in self.asked:
            assert not validate(SCHEMA, parse(asked["query"])), asked["query"]

    def operations(self):
        """Names of the operations asked for, in order."""
        return [
            definition.name.value
            for asked in self.asked
            for definition in parse(asked["query"]).definitions
            if isinstance(definition, OperationDefinitionNode)
        ]


def _response(url, answer):
    return HttpResponse(
        status=200,
        headers={"Content-Type": "application/json"},
        body=json.dumps(answer).encode(),
        url=url,
        elapsed_ms=1,
        correlation_id="c",
    )


def adapter_for(http, clock=None, monotonic=None, **settings):
    connection = ChannelConnection(
        endpoint="https://letzshop.example/graphql",
        secrets={"api_key": "letz-secret"},
        http=http,
        settings=settings,
    )
    clocks = {"clock": clock, "monotonic": monotonic}
    return LetzshopOrderAdapter(
        connection, **{name: given for name, given in clocks.items() if given}
    )


def page(*nodes, after=None):
    """Answer of the shipments query."""
    info = {"hasNextPage": after is not None, "endCursor": after}
    return {"data": {"shipments": {"nodes": list(nodes), "pageInfo": info}}}


def decided(states, errors=()):
    """Answer of the confirm mutation."""
    units = [{"id": unit, "state": state} for unit, state in states.items()]
    payload = {"inventoryUnits": units, "errors": list(errors)}
    return {"data": {"confirmInventoryUnits": payload}}


def failure(message, path=(), code=None, data=None):
    """Answer with one GraphQL error."""
    error = {"message": message, "path": list(path)}
    if code:
        error["extensions"] = {"code": code}
    return {"errors": [error], **({"data": data} if data is not None else {})}
