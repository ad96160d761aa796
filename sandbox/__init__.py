"""Stand-ins of marketplaces on loopback; they share no code with the addons."""

from .letzshop.letzshop_sandbox import LetzshopSandbox

__all__ = ["LetzshopSandbox"]
