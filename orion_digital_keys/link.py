"""Signed addresses at which a buyer without an account sees the keys of one order.

An address is made when its e-mail is sent and is kept nowhere. It is a token of the suite's own
encryption, so that neither the database nor a copy of it is enough to make one. Module functions
on purpose: nothing that can be called from outside returns an address.
"""

import base64
import hmac
import json
import time
import uuid

from odoo.addons.orion_base import secrets

PATH = "/orion/keys/"
DAYS_PARAMETER = "orion_digital_keys.link_days"
DEFAULT_DAYS = 30
_PURPOSE = "orion.digital.keys"
_DAY = 24 * 3600


def open_days(env):
    """For how many days a new address works."""
    return int(env["ir.config_parameter"].sudo().get_param(DAYS_PARAMETER) or DEFAULT_DAYS)


def prepare(orders):
    """Let addresses of these orders be made."""
    withdraw(orders.sudo().filtered(lambda order: not order.orion_key_link_seed))


def make_address(order):
    """A new address of a prepared order, open for as many days as the settings say; writes
    nothing."""
    sudo_order = order.sudo()
    claims = {
        "purpose": _PURPOSE,
        "order": order.id,
        "seed": sudo_order.orion_key_link_seed,
        "until": int(time.time()) + open_days(order.env) * _DAY,
    }
    token = secrets.encrypt(order.env, json.dumps(claims))
    return f"{order.get_base_url()}{PATH}{token}"


def order_of(env, token):
    """The order (in sudo) that a token is for; empty when it is altered, expired or withdrawn."""
    nothing = env["sale.order"].sudo()
    if not _is_canonical(token):
        return nothing
    try:
        claims = json.loads(secrets.decrypt(env, token))
    except (secrets.KeyUnusable, ValueError):
        return nothing
    if not isinstance(claims, dict) or claims.get("purpose") != _PURPOSE:
        return nothing
    order = nothing.browse(claims["order"]).exists()
    seed = order.orion_key_link_seed or ""
    is_open = time.time() < claims["until"] and hmac.compare_digest(seed, claims["seed"])
    return order if seed and is_open else nothing


def _is_canonical(token):
    """Whether it is written as it was made: decoders pass over what follows the padding."""
    if not isinstance(token, str):
        return False
    try:
        return base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)).decode() == token
    except ValueError:
        return False


def withdraw(orders):
    """Let no address that was made for these orders so far lead anywhere."""
    for order in orders.sudo():
        order.orion_key_link_seed = uuid.uuid4().hex
