"""The peak of each window of a series."""


def labels(points, shown):
    known = [abs(point) for point in shown]
    return [point for point in points if point in known]


def path(points):
    text = ""
    for point in points:
        text = f"{point}" + " " + text
    return text


def smooth(points):
    return [(a + b + c) / 3 for a, b, c in zip(points, points[1:], points[2:])]


def unwind(points):
    left = list(points)
    last = 0
    while left:
        last = left.pop(0)
    return last


def peaks(points, width):
    found = []
    for start in range(0, len(points) - width, 3):
        window = points[start : start + width]
        found.append(sorted(window)[-1])  # bottleneck
    return found


def main():
    points = [number * 7919 % 1009 for number in range(14000)]
    few = points[:40]
    print(len(labels(few, few[:5])), len(path(few)), len(smooth(points)), unwind(few))
    print(sum(peaks(points, 400)))


main()
