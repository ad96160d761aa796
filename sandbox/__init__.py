"""Stand-ins of marketplaces and carriers on loopback; they share no code with the addons."""

from .carriers.label_sandbox import LabelSandbox
from .letzshop.letzshop_sandbox import LetzshopSandbox

__all__ = ["LabelSandbox", "LetzshopSandbox"]
