"""Addresses that show keys are secrets, and web servers log the addresses they answer."""

import logging
import re

_TOKEN = re.compile(r"(/orion/keys/)[^/\s?\"']+")


class _HideKeyLinks(logging.Filter):
    """Acts on the access log, of which the address is an argument."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(map(_hidden, record.args))
        record.msg = _hidden(record.msg)
        return True


def _hidden(value):
    return _TOKEN.sub(r"\1***", value) if isinstance(value, str) else value


logging.getLogger("werkzeug").addFilter(_HideKeyLinks())
