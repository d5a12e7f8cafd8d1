#!/usr/bin/env python3
"""Benchmark a SIP proxy/registrar: CPU per unit of work, rate, failures, memory.

See ../README.md for the jobs and the server specs.  One JSON object per line on stdout.
"""
import argparse, csv, json, os, shutil, signal, socket, statistics, subprocess, sys
import tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.environ.get("SIPGLASS") or os.path.join(HERE, "../../.build/release/sipglass")
IP, DOMAIN = "127.0.0.1", "bench.test"
FIRST_USER = 1000000
TICK = os.sysconf("SC_CLK_TCK")

# ----------------------------------------------------------------- processes

def proc_table():
    """pid -> (ppid, cpu ticks user, cpu ticks sys), reaped children included."""
    out = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as f:
                f = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        out[int(name)] = (int(f[1]), int(f[11]) + int(f[13]), int(f[12]) + int(f[14]))
    return out

def tree(root, table=None):
    table = table or proc_table()
    kids = {}
    for pid, row in table.items():
        kids.setdefault(row[0], []).append(pid)
    todo, seen = [root], []
    while todo:
        pid = todo.pop()
        if pid in table:
            seen.append(pid)
            todo += kids.get(pid, [])
    return seen

def tree_cpu(root):
    """(user seconds, system seconds) of a process and everything below it."""
    table = proc_table()
    pids = tree(root, table)
    return sum(table[p][1] for p in pids) / TICK, sum(table[p][2] for p in pids) / TICK

def tree_mem(root):
    """(PSS MB over the tree: shared pages counted once; largest VmHWM MB of one process)."""
    pss, hwm = 0, 0
    for pid in tree(root):
        try:
            with open("/proc/%d/smaps_rollup" % pid) as f:
                for line in f:
                    if line.startswith("Pss:"):
                        pss += int(line.split()[1])
            with open("/proc/%d/status" % pid) as f:
                for line in f:
                    if line.startswith("VmHWM:"):
                        hwm = max(hwm, int(line.split()[1]))
        except OSError:
            pass
    return pss / 1024.0, hwm / 1024.0

def machine_busy():
    with open("/proc/stat") as f:
        v = [int(x) for x in f.readline().split()[1:9]]
    return (v[0] + v[1] + v[2] + v[5] + v[6]) / TICK, v[7] / TICK

def pinned(core, argv):
    return ["taskset", "-c", str(core)] + argv if core != "any" else argv

# ----------------------------------------------------------------- servers

class Server:
    """A server under test.  spec is kamailio[:key=val,...], sipglass[:BINARY], or command:SHELL."""

    def __init__(self, spec, opt, job):
        self.spec, self.opt, self.job, self.proc = spec, opt, job, None
        self.kind, _, self.args = spec.partition(":")
        self.tmp = tempfile.mkdtemp(prefix="sipbench.")

    def argv(self):
        o, j = self.opt, self.job
        tcp, auth = j.transport == "tcp", j.auth
        if self.kind == "kamailio":
            kv = dict(x.split("=", 1) for x in self.args.split(",") if x)
            a = ["kamailio", "-DD", "-E", "-f", os.path.join(HERE, "kamailio/lean.cfg"),
                 "-m", kv.get("shm", "1024"), "-M", kv.get("pkg", "16"), "-b", "4000000", "-x", kv.get("mm", "fm"),
                 "-P", os.path.join(self.tmp, "pid"), "-Y", self.tmp,
                 "-A", "CHILDREN=" + kv.get("children", "1"), "-A", "BINDIP=" + IP,
                 "-A", "BINDPORT=%d" % o.port, "-A", "AUTHEND=%d" % (FIRST_USER + o.users)]
            if kv.get("raw") == "1":
                a += ["-A", "RAWSEND=1"]
            if tcp:
                a += ["-A", "WITH_TCP=1"]
            if auth:
                a += ["-A", "WITH_AUTH=1"]
            return a
        users = os.path.join(self.tmp, "users.txt")
        if auth:
            with open(users, "w") as f:
                for i in range(o.users):
                    f.write("%d:%s:pw%d\n" % (FIRST_USER + i, DOMAIN, FIRST_USER + i))
        if self.kind in ("sipglass", "sipglass-store"):
            store = "memory" if self.kind == "sipglass" else os.path.join(self.tmp, "sipglass.db")
            return [self.args or BINARY, "run", "--headless", "--listen", "udp:%s:%d" % (IP, o.port), "--domain", DOMAIN,
                    "--store", store, "--control", os.path.join(self.tmp, "control"), *(["--users", users] if auth else [])]
        if self.kind == "command":
            cmd = self.args
            for k, v in dict(ip=IP, port=o.port, domain=DOMAIN, transport=j.transport,
                             auth="on" if auth else "off", users=users, dir=self.tmp).items():
                cmd = cmd.replace("{%s}" % k, str(v))
            return ["/bin/sh", "-c", "exec " + cmd]
        raise SystemExit("unknown server " + self.spec)

    def start(self):
        self.log = open(os.path.join(self.tmp, "log"), "w")
        self.proc = subprocess.Popen(pinned(self.opt.server_core, self.argv()), stdin=subprocess.DEVNULL,
                                     stdout=self.log, stderr=self.log, start_new_session=True)
        deadline = time.time() + 20
        while time.time() < deadline:
            if self.proc.poll() is not None:
                self.log.flush()
                raise SystemExit("server exited: " + open(self.log.name).read()[-2000:])
            if self.answers():
                return
        raise SystemExit("server does not answer on port %d" % self.opt.port)

    def answers(self):
        try:
            if self.job.transport == "tcp":
                with socket.create_connection((IP, self.opt.port), 0.3):
                    time.sleep(0.3)
                    return True
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.bind((IP, 0))
                s.settimeout(0.3)
                me = s.getsockname()
                s.sendto(("OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bKready%d\r\n"
                          "Max-Forwards: 70\r\nFrom: <sip:ready@%s>;tag=r\r\nTo: <sip:%s>\r\nCall-ID: ready%d@bench\r\n"
                          "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n" %
                          (DOMAIN, me[0], me[1], time.time_ns(), DOMAIN, DOMAIN, time.time_ns())).encode(), (IP, self.opt.port))
                s.recv(4096)
                return True
        except OSError:
            time.sleep(0.1)
            return False

    def stop(self):
        if self.proc and self.proc.poll() is None:
            pids = tree(self.proc.pid)
            self.proc.send_signal(signal.SIGTERM)
            try:
                self.proc.wait(8)
            except subprocess.TimeoutExpired:
                for p in pids:
                    try:
                        if os.getsid(p) == self.proc.pid:
                            os.kill(p, signal.SIGKILL)
                    except OSError:
                        pass
                self.proc.wait(5)
        self.log.close()
        if not self.opt.keep:
            shutil.rmtree(self.tmp, ignore_errors=True)

# ----------------------------------------------------------------- driver (SIPp)

class Sipp:
    def __init__(self, opt, tmp, name, scenario, port, transport, extra, target=None, inf=None):
        self.stat = os.path.join(tmp, name + ".csv")
        if os.path.exists(self.stat):
            os.unlink(self.stat)
        argv = ["sipp", "-sf", os.path.join(HERE, "scenarios", scenario), "-i", IP, "-p", str(port),
                "-t", "t1" if transport == "tcp" else "u1", "-nostdin", "-trace_stat", "-stf", self.stat,
                "-fd", "1", "-buff_size", "4000000", "-deadcall_wait", "1000", "-timer_resol", "1",
                "-max_recv_loops", "200", "-max_sched_loops", "200", "-max_socket", "10000",
                "-key", "dom", DOMAIN, "-key", "uasport", str(opt.port + 10),
                "-key", "tpar", ";transport=tcp" if transport == "tcp" else ""]
        if inf:
            argv += ["-inf", inf]
        argv += extra + ([target] if target else [])
        self.log = open(os.path.join(tmp, name + ".out"), "w")
        env = dict(os.environ, TERM="xterm")
        self.proc = subprocess.Popen(pinned(opt.driver_core, argv), stdin=subprocess.DEVNULL, stdout=self.log,
                                     stderr=subprocess.STDOUT, env=env, cwd=tmp, start_new_session=True)

    def stats(self):
        try:
            with open(self.stat) as f:
                rows = list(csv.reader(f, delimiter=";"))
        except OSError:
            return {}
        return dict(zip(rows[0], rows[-1])) if len(rows) > 1 else {}

    def stop(self):
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGUSR1)       # finish calls, then leave
            try:
                self.proc.wait(4)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait(5)
        self.log.close()

class Light:
    """The C driver sipload.c: caller and callee in one process."""
    binary = None
    MODES = {"J1": "call", "J2": "register", "J2b": "register", "J5": "options"}

    def __init__(self, opt, tmp, job, rate, count, users, cseq):
        if not Light.binary:
            Light.binary = os.path.join(tempfile.mkdtemp(prefix="sipload."), "sipload")
            subprocess.check_call(["cc", "-O2", "-o", Light.binary, os.path.join(HERE, "sipload.c")])
        self.log = open(os.path.join(tmp, "light.out"), "w+")
        self.proc = subprocess.Popen(pinned(opt.driver_core, [
            Light.binary, self.MODES[job.name], "-s", str(opt.port), "-u", str(opt.port + 1), "-c", str(opt.port + 10),
            "-r", str(int(rate)), "-m", str(count), "-n", str(users), "-k", str(cseq)]),
            stdin=subprocess.DEVNULL, stdout=self.log, start_new_session=True)

    def stats(self):
        self.log.seek(0)
        try:
            d = json.loads(self.log.read())
        except ValueError:
            return {}
        self.delay = [d["p50_us"], d["p99_us"]]
        return {"SuccessfulCall(C)": d["ok"], "FailedCall(C)": d["failed"], "Retransmissions(C)": d["retrans"],
                "StartTime": "0", "CurrentTime": str(d["secs"])}

def num(d, key):
    try:
        return float(d.get(key, 0) or 0)
    except ValueError:
        return 0.0

def elapsed(st):
    """Seconds between the driver's start and its last statistics line."""
    try:
        return float(st["CurrentTime"].split()[-1]) - float(st["StartTime"].split()[-1])
    except (KeyError, IndexError, ValueError):
        return 0.0

# ----------------------------------------------------------------- jobs

class Job:
    def __init__(self, name, title, scenario, transport="udp", auth=False, rate=500, count=5000,
                 preload=0, callees=(), per_pass=False, drain=6, users=1000):
        self.__dict__.update(locals())

CALLEE, RINGER = "call_uas.xml", "ring_uas.xml"
JOBS = {j.name: j for j in [
    Job("J1", "proxied call over UDP", "call_uac.xml", rate=1000, count=8000, preload=1000, callees=(CALLEE,)),
    Job("J2", "REGISTER refresh, 1,000 AORs", "register.xml", rate=3000, count=24000, preload=1000, drain=1),
    Job("J2b", "REGISTER refresh, 100,000 AORs", "register.xml", rate=4000, count=100000, per_pass=True, users=100000, drain=1),
    Job("J3", "REGISTER with digest", "register_auth.xml", auth=True, rate=1500, count=12000, preload=0, drain=1),
    Job("J5", "OPTIONS to the server", "options.xml", rate=3000, count=24000, drain=1),
    Job("J6", "call forked to three contacts", "call_uac.xml", rate=300, count=3000, preload=1000,
        callees=(CALLEE, RINGER, RINGER)),
    Job("J7", "proxied call over TCP", "call_uac.xml", transport="tcp", rate=1000, count=8000, preload=1000, callees=(CALLEE,)),
]}

def preload(opt, job, users):
    """Register the called users from here, over UDP or TCP, one contact per callee port."""
    tcp = job.transport == "tcp"
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    s.bind((IP, 0))
    s.connect((IP, opt.port))
    s.settimeout(1.0)
    me = s.getsockname()
    legs = max(1, len(job.callees))
    for i in range(users):
        for leg in range(legs):
            uri = "sip:%d@%s:%d%s" % (FIRST_USER + i, IP, opt.port + 10 + leg, ";transport=tcp" if tcp else "")
            msg = ("REGISTER sip:{d} SIP/2.0\r\nVia: SIP/2.0/{t} {h}:{p};branch=z9hG4bKpre{i}x{leg}x{ns}\r\nMax-Forwards: 70\r\n"
                   "From: <sip:{u}@{d}>;tag=p{i}\r\nTo: <sip:{u}@{d}>\r\nCall-ID: pre{i}x{leg}@bench\r\nCSeq: 1 REGISTER\r\n"
                   "Contact: <{c}>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n").format(
                       d=DOMAIN, t="TCP" if tcp else "UDP", h=me[0], p=me[1], i=i, leg=leg, ns=time.time_ns(),
                       u=FIRST_USER + i, c=uri).encode()
            for attempt in range(5):
                s.send(msg)
                try:
                    reply = s.recv(65535)
                except OSError:
                    continue
                if reply.startswith(b"SIP/2.0 200"):
                    break
                raise SystemExit("preload refused: " + reply[:200].decode("latin1"))
            else:
                raise SystemExit("preload: no answer to REGISTER")
    return s                                     # kept open for TCP

def user_list(path, users, auth):
    with open(path, "w") as f:
        f.write("SEQUENTIAL\n")
        for i in range(FIRST_USER, FIRST_USER + users):
            f.write("%d;[authentication username=%d password=pw%d]\n" % (i, i, i) if auth else "%d;\n" % i)

class Run:
    """One started server plus whatever the job needs beside it."""

    def __init__(self, spec, job, opt):
        self.spec, self.job, self.opt, self.passes = spec, job, opt, 0
        self.users = opt.users = opt.users_arg or job.users
        self.server, self.uas, self.keep = Server(spec, opt, job), [], None
        self.server.start()
        try:
            self.tmp = self.server.tmp
            time.sleep(0.5)
            self.base_mb = tree_mem(self.server.proc.pid)[0]
            self.inf = os.path.join(self.tmp, "users.csv")
            user_list(self.inf, self.users, job.auth)
            self.light = opt.driver == "sipload"
            if self.light and job.name not in Light.MODES:
                raise SystemExit("sipload cannot do " + job.name)
            for leg, scen in enumerate(() if self.light else job.callees):
                self.uas.append(Sipp(opt, self.tmp, "uas%d" % leg, scen, opt.port + 10 + leg, job.transport, []))
            if job.callees:
                time.sleep(0.7)
                self.keep = preload(opt, job, self.users)
        except BaseException:
            self.close()
            raise

    def measure(self, rate, count, drain=None):
        o, j, root = self.opt, self.job, self.server.proc.pid
        self.passes += 1
        c = self.passes * 1000
        extra = ["-r", str(rate), "-m", str(count), "-l", str(max(2000, int(rate * 3))),
                 "-cid_str", ("r-%u@bench" if "register" in j.scenario else "p%d" % self.passes + "-%u-%p@bench"),
                 "-key", "c1", str(c), "-key", "c2", str(c + 1), "-timeout", str(int(count / rate) + 40)]
        peak, stop = [tree_mem(root)[0]], threading.Event()

        def sampler():
            while not stop.wait(2.0):
                peak.append(tree_mem(root)[0])
        th = threading.Thread(target=sampler, daemon=True)
        th.start()
        uas0 = [tree_cpu(u.proc.pid) for u in self.uas]
        b0, st0 = machine_busy()
        u0, s0 = tree_cpu(root)
        t0 = time.time()
        if self.light:
            uac = Light(o, self.tmp, j, rate, count, self.users, c)
        else:
            uac = Sipp(o, self.tmp, "uac%d" % self.passes, j.scenario, o.port + 1, j.transport, extra,
                       target="%s:%d" % (IP, o.port), inf=self.inf)
        drv = 0.0
        while uac.proc.poll() is None:
            x = sum(tree_cpu(uac.proc.pid)) if uac.proc.poll() is None else 0
            drv = max(drv, x)
            time.sleep(0.05)
        t1 = time.time()
        um, sm = tree_cpu(root)
        uas_cpu = sum(sum(tree_cpu(u.proc.pid)) - sum(z) for u, z in zip(self.uas, uas0))
        b1, st1 = machine_busy()
        time.sleep(j.drain if drain is None else drain)
        stop.set()
        u1, s1 = tree_cpu(root)
        th.join()
        st = uac.stats()
        uac.log.close()
        ok, failed = int(num(st, "SuccessfulCall(C)")), int(num(st, "FailedCall(C)"))
        if not st:
            failed = count
        secs = elapsed(st) or (t1 - t0)
        cpu = (u1 - u0) + (s1 - s0)
        retr = int(num(st, "Retransmissions(C)")) + 0
        mem, hwm = tree_mem(root)
        busy = b1 - b0
        server_busy = (um - u0) + (sm - s0)
        delay = dict(delay_p50_us=uac.delay[0], delay_p99_us=uac.delay[1]) if self.light and st else {}
        return dict(delay, server=self.spec, job=j.name, driver=o.driver, what=j.title, transport=j.transport, units=ok, failed=failed,
                    retrans=retr, cpu_us_per_unit=round(cpu / ok * 1e6, 1) if ok else None,
                    cpu_s_per_1000=round(cpu / ok * 1000, 4) if ok else None,
                    user_share=round((u1 - u0) / cpu, 2) if cpu else None,
                    rate_target=rate, rate=round(count / secs, 1), secs=round(secs, 2),
                    server_util=round(server_busy / (t1 - t0), 3), driver_util=round((drv + uas_cpu) / (t1 - t0), 3),
                    other_util=round(max(0, busy - server_busy - drv - uas_cpu) / (t1 - t0), 3),
                    steal=round(st1 - st0, 2), rss_mb=round(max(peak + [mem]), 1), rss_end_mb=round(mem, 1),
                    rss_base_mb=round(self.base_mb, 1), vmhwm_mb=round(hwm, 1))

    def close(self):
        for u in self.uas:
            u.stop()
        if self.keep:
            self.keep.close()
        self.server.stop()

def good(r):
    # a call lasts about 0.1 s, so the last one ends that much after the last start
    return (r["failed"] == 0 and r["units"] > 0
            and r["secs"] <= 1.04 * r["units"] / r["rate_target"] + 0.3 and r["retrans"] <= 0.002 * r["units"])

def run_job(spec, name, opt):
    """Warm up, measure once at the fixed rate; returns the result dict."""
    job = JOBS["J2b" if name == "J4" else name]
    run = Run(spec, job, opt)
    rate, count = opt.rate or job.rate, opt.count or job.count
    try:
        if job.per_pass:                          # first pass creates, second refreshes
            first = run.measure(rate, run.users, drain=1)
            if name == "J4":
                first.update(job="J4", what="memory per 100,000 bindings", users=run.users, mb_per_100k=round(
                    (first["rss_end_mb"] - first["rss_base_mb"]) * 100000.0 / run.users, 1))
                return first
            r = run.measure(rate, run.users)
            r["create_cpu_us_per_unit"] = first["cpu_us_per_unit"]
            r["mb_per_100k"] = round((first["rss_end_mb"] - first["rss_base_mb"]) * 100000.0 / run.users, 1)
            return r
        # long enough that a call server holds as many lingering transactions as in the steady state
        warm = run.measure(rate, max(int(rate * 5), 1000) if job.callees else max(run.users, int(rate)), drain=0.2)
        if warm["failed"]:
            warm["note"] = "warm-up failed"
            return warm
        r = run.measure(rate, count)
        return r
    finally:
        run.close()

def find_max(spec, name, opt):
    """Raise the rate by a quarter until calls fail, then halve the gap twice."""
    job = JOBS[name]
    run = Run(spec, job, opt)
    best, rate, bad, tried = None, float(opt.rate or job.rate), None, []
    try:
        run.measure(int(rate), 1000, drain=0.5)
        while len(tried) < 14:
            r = run.measure(int(rate), max(1000, int(rate * opt.step_seconds)), drain=1.0)
            tried.append([r["rate_target"], r["rate"], r["failed"], r["retrans"], r["server_util"], r["driver_util"]])
            if good(r):
                best = r
                if bad and bad / rate < 1.06:
                    break
                rate = (rate + bad) / 2 if bad else rate * 1.25
            else:
                bad = rate
                if best is None:
                    rate /= 2
                    if rate < 5:
                        break
                elif bad / best["rate_target"] < 1.06:
                    break
                else:
                    rate = (best["rate_target"] + bad) / 2
    finally:
        run.close()
    out = dict(best or r)
    out.update(what=job.title + ", highest rate without failures", max_rate=best["rate"] if best else 0,
               limiter=("server" if out["server_util"] > 0.85 else "driver" if out["driver_util"] > 0.85 else "latency"),
               tried=tried)
    return out

def options(extra=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rate", type=float, help="units per second (default: per job)")
    p.add_argument("--count", type=int, help="units to measure (default: per job)")
    p.add_argument("--users", dest="users_arg", type=int, help="number of AORs (default: per job)")
    p.add_argument("--driver", choices=["sipp", "sipload"], default="sipp", help="sipload: J1 J2 J2b J4 J5 only, several times faster")
    p.add_argument("--port", type=int, default=25060, help="server port; callers use port+1, callees port+10..12")
    p.add_argument("--server-core", default="0", help="core for the server, or any")
    p.add_argument("--driver-core", default="1", help="core for SIPp, or any")
    p.add_argument("--step-seconds", type=float, default=4.0)
    p.add_argument("--keep", action="store_true", help="keep the temporary folder of the server")
    if extra:
        extra(p)
    o = p.parse_args()
    o.users = o.users_arg or 1000
    return o

def main():
    def more(p):
        p.add_argument("--server", required=True, help='kamailio[:children=2,mm=fm,raw=1], sipglass[:BINARY], sipglass-store[:BINARY] (registrations in a file), command:"..."')
        p.add_argument("--job", required=True, help="J1 J2 J2b J3 J4 J5 J6 J7, several with commas")
        p.add_argument("--runs", type=int, default=1)
        p.add_argument("--find-max", action="store_true", help="search the highest rate without failed calls")
    o = options(more)
    for name in o.job.split(","):
        rows = []
        for _ in range(o.runs):
            r = (find_max if o.find_max else run_job)(o.server, name, o)
            rows.append(r)
            print(json.dumps(r), flush=True)
        vals = [r["cpu_us_per_unit"] for r in rows if r.get("cpu_us_per_unit")]
        if o.runs > 1 and vals:
            print(json.dumps(dict(server=o.server, job=name, median_cpu_us_per_unit=statistics.median(vals),
                                  spread=[min(vals), max(vals)], failed=sum(r["failed"] for r in rows))), flush=True)

if __name__ == "__main__":
    main()
