"""Writes a journal in memory."""


def accounts(entries, closed):
    names = [name.strip() for name in closed]
    return [entry for entry in entries if entry[0] in names]


def smallest(entries):
    return sorted(amount for _, amount in entries)[0]


def drain(entries):
    left = list(entries)
    total = 0
    while left:
        total += left.pop(0)[1]
    return total


class Journal:
    def __init__(self):
        self.text = ""

    def write(self, entries):
        for name, amount in entries:
            self.text += f"{name}: {amount}\n"  # bottleneck


def main():
    entries = [(f"account-{number % 977}", number % 89) for number in range(9000)]
    few = entries[:40]
    journal = Journal()
    journal.write(entries)
    print(len(accounts(few, ["account-1"])), smallest(few), drain(few), len(journal.text))


main()
