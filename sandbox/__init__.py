"""Stand-ins of marketplaces, suppliers and carriers on loopback.

They share no code with the addons.
"""

from .carriers.label_sandbox import LabelSandbox
from .codeswholesale.codeswholesale_sandbox import CodesWholesaleSandbox
from .letzshop.letzshop_sandbox import LetzshopSandbox
from .mail.mail_sandbox import MailSandbox
from .stock.stock_sandbox import DropSandbox, StockSandbox

__all__ = [
    "CodesWholesaleSandbox",
    "DropSandbox",
    "LabelSandbox",
    "LetzshopSandbox",
    "MailSandbox",
    "StockSandbox",
]
