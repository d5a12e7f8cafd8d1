#!/usr/bin/env python3
"""Load several servers in turn, two seconds each, while all of them run; print what a unit costs on each.

  interleave.py [--rounds 12] [options of bench.py] SERVER SERVER…      (specs as for bench.py; the first is 1.00)

A machine's drift meets all alike, so that a difference of 5 % shows, where a pair of whole runs needs 15 %.  What a server
does after its last round, such as ending transactions, counts too.
"""
import copy, statistics, sys, time
import bench


def main():
    def more(p):
        p.add_argument("--job", default="J1", help="one job or several with commas")
        p.add_argument("--rounds", type=int, default=12)
        p.add_argument("servers", nargs="+", metavar="SERVER")
    o, failed = bench.options(more), 0
    for job in o.job.split(","):
        print("%-5s%-52s%10s%10s%8s%8s" % (job, "CPU us per " + bench.JOBS[job].title, "all", "median", "ratio", "failed"))
        rows = interleave(o, bench.JOBS[job])
        for spec, every, median, bad in rows:
            print("     %-52s%10.1f%10.1f%8.2f%8d" % (spec[:52], every, median, every / rows[0][1], bad), flush=True)
            failed += bad
    return 1 if failed else 0


def interleave(o, job):
    """(spec, us a unit over all rounds and the time after them, median of the rounds, failures) for each server."""
    runs, rate = [], int(o.rate or job.rate)
    try:
        for place, spec in enumerate(o.servers):
            own = copy.copy(o)
            own.port = o.port + 100 * place
            runs.append(bench.Run(spec, job, own))
        for run in runs:
            run.measure(rate, rate * 4, drain=0.2)
        before = [sum(bench.tree_cpu(run.server.proc.pid)) for run in runs]
        results = [[] for _ in runs]
        for number in range(o.rounds):
            for place in sorted(range(len(runs)), reverse=number % 2 == 1):
                results[place].append(runs[place].measure(rate, o.count or rate * 2, drain=0.3))
        time.sleep(3)
        after = [sum(bench.tree_cpu(run.server.proc.pid)) for run in runs]
        return [(spec, (b - a) * 1e6 / max(1, sum(r["units"] for r in rounds)),
                 statistics.median(r["cpu_us_per_unit"] or 0 for r in rounds), sum(r["failed"] for r in rounds))
                for spec, a, b, rounds in zip(o.servers, before, after, results)]
    finally:
        for run in runs:
            run.close()


if __name__ == "__main__":
    sys.exit(main())
