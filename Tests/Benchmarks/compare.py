#!/usr/bin/env python3
"""Alternate two servers A B A B ... on one job and print B/A per pair and the median.

A ratio under 1 means that B spends less CPU per unit than A.
"""
import json, statistics, sys
import bench

def main():
    def more(p):
        p.add_argument("--a", required=True, help="server spec, as for bench.py")
        p.add_argument("--b", required=True, help="server spec, as for bench.py")
        p.add_argument("--job", required=True, help="one job or several with commas")
        p.add_argument("--pairs", type=int, default=3)
        p.add_argument("--table", action="store_true", help="end with a table for people")
    o, table = bench.options(more), []
    for job in o.job.split(","):
        field = "mb_per_100k" if job == "J4" else "cpu_us_per_unit"
        ratios, left, right, failed = [], [], [], 0
        for i in range(o.pairs):
            a, b = bench.run_job(o.a, job, o), bench.run_job(o.b, job, o)
            failed += a["failed"] + b["failed"]
            va, vb = a.get(field), b.get(field)
            if not va or not vb:
                print(json.dumps(dict(job=job, pair=i + 1, error="no result", a=a, b=b)), flush=True)
                continue
            left.append(va), right.append(vb), ratios.append(vb / va)
            print(json.dumps(dict(job=job, pair=i + 1, field=field, a=va, b=vb, ratio=round(vb / va, 3),
                                  failed=[a["failed"], b["failed"]], rss_mb=[a["rss_mb"], b["rss_mb"]],
                                  other_util=[a["other_util"], b["other_util"]])), flush=True)
        if ratios:
            print(json.dumps(dict(job=job, a=o.a, b=o.b, field=field, a_median=statistics.median(left),
                                  b_median=statistics.median(right), ratio_median=round(statistics.median(ratios), 3),
                                  ratio_range=[round(min(ratios), 3), round(max(ratios), 3)], failed=failed)), flush=True)
            table.append((job, bench.JOBS.get(job, bench.JOBS["J2b"]).title, statistics.median(left), statistics.median(right),
                          statistics.median(ratios), failed))
    if o.table:
        print("\n%-5s%-34s%14s%14s%8s%8s" % ("job", "CPU us per", "A", "B", "B/A", "failed"))
        for row in table:
            print("%-5s%-34s%14.1f%14.1f%8.2f%8d" % row)
    return 0 if len(table) == len(o.job.split(",")) and not any(row[-1] for row in table) else 1

if __name__ == "__main__":
    sys.exit(main())
