"""Odoo logs the arguments of every call at debug level; those that hold secrets are left out."""

import logging

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
