"""The command line."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence

from .carriers.label_sandbox import LabelSandbox
from .codeswholesale.codeswholesale_sandbox import CodesWholesaleSandbox
from .letzshop.letzshop_sandbox import LetzshopSandbox
from .mail.mail_sandbox import MailSandbox
from .stock.stock_sandbox import DropSandbox


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; one line of JSON on stdout says where."""
    given = _parser().parse_args(arguments)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        letzshop = LetzshopSandbox(
            orders=given.orders,
            history=given.history,
            seed=given.seed,
            latency_ms=given.latency_ms,
            port=given.port,
        )
    except OSError as error:
        sys.exit(f"Port {given.port} can not be used ({error.strerror}); choose another or 0.")
    supplier = CodesWholesaleSandbox(products=given.supplier_products, seed=given.seed)
    with letzshop, LabelSandbox() as labels, DropSandbox() as drop, supplier, MailSandbox() as mail:
        ready = {
            "pid": os.getpid(),
            "letzshop": letzshop.describe(),
            "labels": labels.describe(),
            "drop": drop.describe(),
            "codeswholesale": supplier.describe(),
            "mail": mail.describe(),
        }
        print(json.dumps(ready), flush=True)
        stopping.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A stand-in Letzshop, carrier, supplier of keys and mail server on loopback.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--orders", type=int, default=200, help="undecided orders (200)")
    parser.add_argument("--history", type=int, help="decided orders (half as many)")
    parser.add_argument(
        "--supplier-products", type=int, default=20_000, help="products of the supplier (20,000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="other seeds, other orders (1)")
    parser.add_argument(
        "--latency-ms", type=float, default=0, help="how long an answer takes at least (0)"
    )
    return parser
