"""Odoo logs the arguments of every call at debug level; those that hold secrets are left out."""

import logging
import re

HIDDEN = "<hidden>"

#: Methods whose arguments are secrets, on any model.
_METHODS = {"set_credentials", "test_api_key"}
#: Models on which any method may be given a secret.
_MODELS = {"orion.credential.wizard", "orion.channel.wizard", "orion.health.token"}


def protect(*, methods=(), models=()):
    """Hide the arguments of further methods and models; called by addons when imported."""
    _METHODS.update(methods)
    _MODELS.update(models)


class _HideArguments(logging.Filter):
    """Acts on ``call <records>.<method>(<arguments>)`` of `odoo.service.model`."""

    def filter(self, record):
        if isinstance(record.args, tuple) and len(record.args) == 3:
            records, method, _arguments = record.args
            if method in _METHODS or getattr(records, "_name", None) in _MODELS:
                record.args = (records, method, HIDDEN)
        return True


logging.getLogger("odoo.service.model").addFilter(_HideArguments())


class _HideAddresses(logging.Filter):
    """Acts on the access log, of which the address is an argument."""

    def __init__(self, pattern):
        super().__init__()
        self._pattern = re.compile(pattern)

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._hidden, record.args))
        record.msg = self._hidden(record.msg)
        return True

    def _hidden(self, value):
        return self._pattern.sub(r"\1***", value) if isinstance(value, str) else value


def hide_addresses(prefix):
    """Hide what follows in addresses that are secrets, for web servers log those they answer;
    called by addons when imported.

    :param prefix: regular expression of the part before the secret, without groups
    """
    pattern = rf"({prefix})[^/\s?\"']+"
    logging.getLogger("werkzeug").addFilter(_HideAddresses(pattern))
