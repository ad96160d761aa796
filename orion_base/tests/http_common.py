"""What the tests of HTTP share."""

import datetime
import json
import traceback

import pytest

from odoo.addons.orion_base.lib.errors import OrionError
from odoo.addons.orion_base.lib.http_session import HttpSession

from .raw_server import RawServer

SECRET = "tK9-secret/of+this=test"
NOW = datetime.datetime(2026, 3, 1, 12, 0, 0, tzinfo=datetime.timezone.utc)


def http_session(**options):
    return HttpSession(**{"secrets": [SECRET], "now": lambda: NOW, **options})


def call(server, http=None, method="POST", path="/graphql", **options):
    options.setdefault("headers", {"Authorization": f"Bearer {SECRET}"})
    if method == "POST":
        options.setdefault("json", {"query": "q"})
    return (http or http_session()).request(method, server.url(path), **options)


def failure(*answers, http=None, **options):
    with RawServer(answers) as server, pytest.raises(OrionError) as caught:
        call(server, http, **options)
    assert_tells_nothing(caught.value)
    return caught.value


def assert_tells_nothing(error):
    """Neither the error nor anything that hangs on it holds the secret."""
    assert error.__cause__ is None
    assert error.__context__ is None
    told = "".join(traceback.format_exception(error)) + repr(error) + json.dumps(error.details)
    assert SECRET not in told
