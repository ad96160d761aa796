"""Stand-ins of marketplaces and carriers on loopback; they share no code with the addons."""

from .carriers.label_sandbox import LabelSandbox
from .letzshop.letzshop_sandbox import LetzshopSandbox
from .stock.stock_sandbox import DropSandbox, StockSandbox

__all__ = ["DropSandbox", "LabelSandbox", "LetzshopSandbox", "StockSandbox"]
