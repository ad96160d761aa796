"""Speaks the API of CodesWholesale, version 3: HTTP in, plain values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import (
    InvalidAnswer,
    RetryLater,
    Unauthorised,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.http_session import HttpResponse
from odoo.addons.orion_base.lib.sentence import Sentences

from .account import Account
from .answers import items_of, moment_text, object_of
from .limits import LIST, SINGLE, TOKEN, Limits
from .refusals import REFUSING, Refusal, RefusedRequest
from .tokens import TOKENS, TokenStore

_lt = Sentences(__name__)

#: Pictures and invoices are small; a page of the catalogue is not.
MOST_BYTES = 50 * 1024 * 1024
#: Of a history; it is asked for the time around an order.
MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    :param token: of the next page; None behind the last one.
    """

    items: list[Any]
    token: str | None


class CodesWholesaleClient:
    """Calls with a cached token, within the limits. A refused token is replaced once."""

    def __init__(
        self,
        connection: ChannelConnection,
        tokens: TokenStore = TOKENS,
        limits: Limits | None = None,
    ) -> None:
        self._account = Account.of(connection.secrets)
        self._base = connection.endpoint.rstrip("/")
        self._http = connection.http
        self._http.hide(self._account.client_secret)
        self._fingerprint = self._account.fingerprint(self._base)
        self._tokens = tokens
        self._limits = limits or Limits(connection.limiter, self._account, self._base)

    # === CATALOGUE === #

    def products(self, since: datetime | None = None, token: str | None = None) -> Page:
        """A page of products.

        :param since: only what changed later; the continuation token keeps it, and it is sent
            all the same.
        :raises InvalidAnswer: the list is none, or its token leads nowhere.
        """
        params = {} if since is None else {"updatedSince": moment_text(since)}
        return self._page("products", LIST, params, token)

    def product(self, product_id: str) -> Mapping[str, Any]:
        """A product with today's price and stock.

        :raises RefusedRequest: 404 when it has left the price list.
        """
        return object_of(self._get(f"products/{_part(product_id)}", SINGLE))

    def description(self, product_id: str, locale: str) -> Mapping[str, Any]:
        """Texts and article numbers of a product.

        :param locale: ISO 639-1.
        """
        path = f"products/{_part(product_id)}/description"
        return object_of(self._get(path, SINGLE, {"locale": locale}))

    # === ORDERS === #

    def buy(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Buy.

        :return: the order; None when the reference was reported before (208)
        :raises RefusedRequest: it was not bought.
        :raises UnknownOutcome: also for 429 and 503, which a gateway may answer behind the purchase
        """
        response = self._call("POST", "orders", "order", json=body, has_effect=True)
        return None if response.status == 208 else object_of(response.json())

    def order(self, order_id: str) -> Mapping[str, Any]:
        """An order with its codes."""
        return object_of(self._get(f"orders/{_part(order_id)}", "order"))

    def history(self, start: datetime, end: datetime) -> list[Any]:
        """All orders of a time, without their codes.

        :raises InvalidAnswer: a page of them is none, or they come to no end.
        """
        params = {"startFrom": moment_text(start), "endOn": moment_text(end)}
        items: list[Any] = []
        token: str | None = None
        for _page in range(MOST_PAGES):
            page = self._page("orders", "order", params, token)
            items += page.items
            token = page.token
            if token is None:
                return items
        raise InvalidAnswer(_lt("The orders of CodesWholesale come to no end."))

    def invoice(self, order_id: str) -> Mapping[str, Any]:
        """Number and PDF (base64) of an order's invoice."""
        return object_of(self._get(f"orders/{_part(order_id)}/invoice", "order"))

    def code(self, code_id: str) -> Mapping[str, Any]:
        """A code, as one that was pre-ordered."""
        return object_of(self._get(f"codes/{_part(code_id)}", "order"))

    # === ACCOUNT === #

    def account(self) -> Mapping[str, Any]:
        """Balance and credit."""
        return object_of(self._get("accounts/current", "order"))

    def security(self, buyer: Mapping[str, str]) -> Mapping[str, Any]:
        """What is known of a buyer's address and computer."""
        return object_of(self._call("POST", "security", "order", json=buyer).json())

    # === PRIVATE === #

    def _page(self, path: str, kind: str, params: Mapping[str, str], token: str | None) -> Page:
        asked = {**params, "continuationToken": token} if token else params
        answer = object_of(self._get(path, kind, asked))
        following = answer.get("continuationToken")
        if following is not None and not isinstance(following, str):
            raise InvalidAnswer(_lt("CodesWholesale answered a continuation token that is none."))
        if following and following == token:
            raise InvalidAnswer(_lt("The list of CodesWholesale does not go on: the same page."))
        return Page(items_of(answer), following or None)

    def _get(self, path: str, kind: str, params: Mapping[str, str] | None = None) -> Any:
        return self._call("GET", path, kind, params=params).json()

    def _call(
        self,
        method: str,
        path: str,
        kind: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        has_effect: bool = False,
    ) -> HttpResponse:
        for last in (False, True):
            self._limits.wait(kind)
            token = self._tokens.get(self._fingerprint, self._fetch_token)
            try:
                response = self._http.request(
                    method,
                    f"{self._base}/v3/{path}",
                    headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                    params=params,
                    json=json,
                    accept=REFUSING,
                    max_bytes=MOST_BYTES,
                )
            except Unauthorised as error:
                # a token can be taken back before its end; nothing has happened
                self._tokens.forget(self._fingerprint, token)
                if last or error.details.get("status") != 401:
                    raise
                continue
            except RetryLater as error:
                if has_effect and "status" in error.details:
                    raise _not_sure(error) from error
                raise
            if response.status in REFUSING:
                raise RefusedRequest(Refusal.read(response.status, response.json()))
            return response
        raise AssertionError("the second try returns or raises")

    def _fetch_token(self) -> Any:
        self._limits.wait(TOKEN)
        # in the body: addresses are written into logs
        form = {
            "grant_type": "client_credentials",
            "client_id": self._account.client_id,
            "client_secret": self._account.client_secret,
        }
        response = self._http.request("POST", f"{self._base}/oauth/token", data=form, accept=(400,))
        answer = response.json()
        if response.status == 400:
            raise Unauthorised(_lt("CodesWholesale refused the client id or secret."))
        token = answer.get("access_token") or answer.get("value") if answer else None
        if isinstance(token, str):
            self._http.hide(token)
        return answer


def _not_sure(error: RetryLater) -> UnknownOutcome:
    message = _lt("CodesWholesale does not serve; what was asked may have happened.")
    return UnknownOutcome(message, details=error.details)


def _part(value: str) -> str:
    return quote(value, safe="")
