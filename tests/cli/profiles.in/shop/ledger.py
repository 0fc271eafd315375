"""Which invoices are open."""


class Ledger:
    def __init__(self, invoices: "list[tuple[str, int]]") -> None:
        self.invoices = invoices
        self.amounts = dict(invoices)

    def unmatched(self, payments: "list[str]") -> "list[str]":
        paid = [number for number in payments if number]
        found = []
        for number, _ in self.invoices:
            if number not in paid:
                found.append(number)
        return found

    def largest(self, numbers: "list[str]") -> int:
        return sorted(self.amounts[number] for number in numbers)[-1]
