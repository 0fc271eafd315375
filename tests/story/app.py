"""Matches payments with invoices and writes a report; slow for two reasons that a reader can see."""

import sys

from shop.ledger import Ledger
from shop.load import invoices, payments
from shop.report import Report


def main(size: int) -> None:
    ledger = Ledger(invoices(size))
    open_numbers = ledger.unmatched(payments(size))
    report = Report()
    report.add(open_numbers, ledger)
    print(report.summary())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6000)
