def names(codes: list[int]):
    found = []
    found = [item async for item in source]
    few = [x for x in (a, b)]
    \
for code in codes:
        table = {0: "zero", 1: "one", 2: "two", 3: "three", 4: "four"}
        found.append(table[code % 5] + "!")
        found.append("")
    return found
