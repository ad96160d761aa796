"""Stand-ins of marketplaces on loopback; they share no code with the addons."""

from .letzshop.letzshop_sandbox import LetzshopSandbox
from .stock.stock_sandbox import DropSandbox, StockSandbox

__all__ = ["DropSandbox", "LetzshopSandbox", "StockSandbox"]
