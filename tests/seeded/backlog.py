"""Works off a queue of jobs."""


def names(jobs):
    out = ""
    for job in jobs:
        out = job[0] + "," + out
    return out


def latest(jobs):
    return sorted(job[1] for job in jobs)[-1]


def skipped(jobs, closed):
    names = [name.strip() for name in closed]
    return [job for job in jobs if job[0] in names]


class Backlog:
    def __init__(self, jobs):
        self.jobs = list(jobs)
        self.done = 0

    def work(self):
        queue = list(self.jobs)
        while queue:
            name, cost = queue.pop(0)  # bottleneck
            self.done += cost + len(name)


def main():
    jobs = [(f"job-{number}", number * 7919 % 13) for number in range(60000)]
    few = jobs[:30]
    backlog = Backlog(jobs)
    backlog.work()
    print(len(names(few)), latest(few), len(skipped(few, {"job-3"})), backlog.done)


main()
