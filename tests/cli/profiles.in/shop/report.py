"""What is said about invoices, newest first."""

import hashlib

from .ledger import Ledger


class Report:
    def __init__(self) -> None:
        self.lines: "list[str]" = []
        self.largest = 0

    def add(self, numbers: "list[str]", ledger: Ledger) -> None:
        for number, amount in ledger.invoices:
            self.lines.insert(0, f"{number}: {amount} was billed")
        for number in numbers:
            self.lines.insert(0, self.reminder(number, ledger))
        self.largest = ledger.largest(numbers)

    def reminder(self, number: str, ledger: Ledger) -> str:
        return f"{number}: {ledger.amounts[number]} is open"

    def summary(self) -> str:
        digest = hashlib.sha256("\n".join(self.lines).encode()).hexdigest()
        return f"{len(self.lines)} lines, {self.largest} at most, {digest[:12]}"
