"""Clients of Odoo's external APIs, as other programs use them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Sequence
from typing import Any


class XmlRpcClient:
    """Calls public methods over XML-RPC."""

    def __init__(self, url: str, database: str, login: str = "admin", password: str = "") -> None:
        self.database = database
        self._password = password or login
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.uid: Any = common.authenticate(database, login, self._password, {})
        if not self.uid:
            raise PermissionError(f"Odoo does not let {login} in.")
        self._object = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **arguments: Any
    ) -> Any:
        """Call a method with keyword arguments; `ids` only for methods of records.

        Raises `xmlrpc.client.Fault` with Odoo's sentence.
        """
        return self._execute(model, method, [] if ids is None else [list(ids)], arguments)

    def create(self, model: str, values: list[dict[str, Any]], **arguments: Any) -> Any:
        """Create records; answers their ids."""
        # Odoo wants this one argument without its name.
        return self._execute(model, "create", [values], arguments)

    def search(self, model: str, domain: list[Any], **arguments: Any) -> Any:
        """Ids of the records that `domain` describes."""
        return self.call(model, "search", domain=domain, **arguments)

    def read(self, model: str, domain: list[Any], fields: list[str], **arguments: Any) -> Any:
        """Fields of the records that `domain` describes, as a list of dicts."""
        return self.call(model, "search_read", domain=domain, fields=fields, **arguments)

    def _execute(
        self, model: str, method: str, positional: list[Any], arguments: dict[str, Any]
    ) -> Any:
        return self._object.execute_kw(
            self.database, self.uid, self._password, model, method, positional, arguments
        )


class JsonError(Exception):
    """Odoo's answer to a call that failed.

    :ivar status: of HTTP.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Json2Client:
    """Calls public methods over JSON-2, with an API key."""

    def __init__(self, url: str, database: str, api_key: str) -> None:
        self._url = url
        self._headers = {
            "Authorization": f"bearer {api_key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": database,
        }

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **arguments: Any
    ) -> Any:
        """Call a method with keyword arguments; `ids` only for methods of records.

        :raises JsonError: with Odoo's sentence.
        """
        body = arguments if ids is None else {"ids": list(ids), **arguments}
        request = urllib.request.Request(
            f"{self._url}/json/2/{model}/{method}",
            data=json.dumps(body).encode(),
            headers=self._headers,
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise JsonError(error.code, _message(text)) from error


def _message(text: str) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text[:500]
