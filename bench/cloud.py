"""A cloud of its own for a benchmark: started and purged by the launcher, spoken to over HTTP, loaded by wrk and h2load (Debian's packages)."""
import contextlib, json, os, pathlib, random, re, shutil, subprocess, tempfile, time, urllib.error, urllib.request

TOP = pathlib.Path(__file__).resolve().parent.parent
PASSWORD = 'bench-5ecret'
SERVICES = {'identity': '/identity/v3', 'image': '/image/v2', 'network': '/network/v2.0', 'volume': '/volume/v3', 'compute': '/compute/v2.1'}
SIGN_IN = {'auth': {'identity': {'methods': ['password'], 'password': {'user': {'name': 'admin', 'domain': {'name': 'Default'}, 'password': PASSWORD}}},
                    'scope': {'project': {'name': 'admin', 'domain': {'name': 'Default'}}}}}


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__('%d %s' % (status, body[:300]))
        self.status = status


class Cloud:
    def __init__(self, settings=()):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix='wkbench.', dir='/tmp'))
        self.origin = 'http://127.0.0.1:%d' % random.randrange(20000, 32000)
        self.settings = [part for setting in settings for part in ('--set', setting)]
        self.token = self.project = ''

    def launcher(self, command, *arguments, **options):
        environment = dict(os.environ, WELKIN_ADMIN_PASSWORD=PASSWORD)
        return subprocess.run([TOP / 'welkin', command, '--home', self.home, *arguments], check=True, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def up(self):
        """Seconds from the call of the launcher until the first token and an answer of every service."""
        begin = time.monotonic()
        self.launcher('up', '--listen', self.origin.split('//')[1], *self.settings)
        answer = self.send('POST', '/identity/v3/auth/tokens', SIGN_IN)
        self.token, self.project = answer.headers['X-Subject-Token'], json.load(answer)['token']['project']['id']
        for path in ('/compute/v2.1/servers', '/network/v2.0/networks', '/image/v2/images', '/volume/v3/volumes', '/placement/resource_providers'):
            self.send('GET', path).read()
        return time.monotonic() - begin

    def down(self):
        self.launcher('down')

    def purge(self):
        for own in self.home.glob('bench-*'):
            own.unlink()
        with contextlib.suppress(subprocess.CalledProcessError):
            self.launcher('down', '--purge')
        if self.home.exists():
            print('bench: left behind: %s' % self.home)

    def send(self, method, path, body=None, content='application/json'):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data, self.headers(content), method=method)
        try:
            return urllib.request.urlopen(request, timeout=120)
        except urllib.error.HTTPError as refusal:
            raise Refused(refusal.code, refusal.read().decode(errors='replace')) from None

    def headers(self, content='application/json'):
        return {'X-Auth-Token': self.token, 'X-Subject-Token': self.token, 'Content-Type': content, 'OpenStack-API-Version': 'compute 2.96'}

    def call(self, method, path, body=None, content='application/json'):
        text = self.send(method, path, body, content).read()
        return json.loads(text) if text else {}

    def unlimited(self):
        """The benchmark measures work, not refusals."""
        self.call('PUT', '/network/v2.0/quotas/' + self.project,
                  {'quota': dict.fromkeys(('network', 'subnet', 'port', 'router', 'floatingip', 'security_group', 'security_group_rule'), -1)})
        self.call('PUT', '/volume/v3/os-quota-sets/' + self.project, {'quota_set': {'volumes': -1, 'gigabytes': -1}})
        self.call('PUT', '/compute/v2.1/os-quota-sets/' + self.project, {'quota_set': {'instances': -1, 'cores': -1, 'ram': -1}})

    def pids(self):
        """The program, its database and its host's daemons; guests do not count."""
        home, found = str(self.home), set()
        for folder in pathlib.Path('/proc').glob('[0-9]*'):
            with contextlib.suppress(OSError):
                command = (folder / 'cmdline').read_bytes()
                mounts = (folder / 'mountinfo').read_text()
                if (home in command.decode(errors='replace') or home + '/' in mounts) and b'qemu-system' not in command:
                    found.add(int(folder.name))
        parents = {}
        for folder in pathlib.Path('/proc').glob('[0-9]*'):
            with contextlib.suppress(OSError, IndexError):
                parents[int(folder.name)] = int((folder / 'stat').read_text().rsplit(')', 1)[1].split()[1])
        children = {pid for pid, parent in parents.items() if parent in found}       # PostgreSQL's own
        for pid in set(children):
            with contextlib.suppress(OSError):
                if b'qemu-system' in pathlib.Path('/proc/%d/cmdline' % pid).read_bytes():
                    children.discard(pid)
        return (found | children) - {os.getpid()}

    def memory(self):
        """MiB by program, as a share of what is resident (PSS)."""
        by_program = {}
        for pid in self.pids():
            with contextlib.suppress(OSError, AttributeError):
                size = int(re.search(r'^Pss:\s+(\d+)', pathlib.Path('/proc/%d/smaps_rollup' % pid).read_text(), re.M).group(1)) / 1024
                name = pathlib.Path('/proc/%d/comm' % pid).read_text().strip()
                by_program[name] = by_program.get(name, 0) + size
        return by_program

    def cpu(self):
        """Seconds of processor that all processes of the cloud have used so far."""
        ticks = 0
        for pid in self.pids():
            with contextlib.suppress(OSError, IndexError):
                ticks += sum(map(int, pathlib.Path('/proc/%d/stat' % pid).read_text().rsplit(')', 1)[1].split()[11:13]))
        return ticks / os.sysconf('SC_CLK_TCK')

    def load(self, script, seconds=6, connections=16):
        """What wrk says: requests a second, p50 and p99 in ms, how many were not 2xx, and ms of processor a request."""
        with tempfile.NamedTemporaryFile('w', suffix='.lua') as file:
            file.write(script)
            file.flush()
            before = self.cpu()
            out = subprocess.run(['wrk', '-t', str(min(2, connections)), '-c', str(connections), '-d', str(seconds), '--timeout', '30s', '--latency', '-s', file.name, self.origin],
                                 check=True, stdout=subprocess.PIPE, text=True).stdout
            used = self.cpu() - before
        requests = int(re.search(r'(\d+) requests in', out).group(1))
        bad = re.search(r'Non-2xx or 3xx responses: (\d+)', out)
        return Load(float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1)), milliseconds(out, '50'), milliseconds(out, '99'),
                    int(bad.group(1)) if bad else 0, 1000 * used / max(1, requests))

    def get(self, path, **options):
        return self.load(self.lua('GET', path), **options)

    def steady(self, path, rate, seconds=8, connections=16):
        """The same for so many requests a second, evenly spread, by h2load; a request that cannot be sent in time is sent late, and its connection's next one is not skipped."""
        headers = [part for pair in self.headers().items() for part in ('-H', '%s: %s' % pair)]
        with tempfile.NamedTemporaryFile() as log:
            before = self.cpu()
            subprocess.run(['h2load', '--h1', '-t', '1', '-c', str(connections), '-D', str(seconds), '--rps', str(rate / connections), '--log-file', log.name,
                            *headers, self.origin + path], check=True, stdout=subprocess.DEVNULL)
            used = self.cpu() - before
            lines = [line.split('\t') for line in log.read().decode().splitlines()]
        times = sorted(int(line[2]) / 1000 for line in lines)
        at = lambda share: times[min(len(times) - 1, int(share * len(times)))]
        return Load(len(times) / seconds, at(.5), at(.99), sum(not line[1].startswith('2') for line in lines), 1000 * used / max(1, len(times)))

    def timed(self, method, path, body):
        """Milliseconds that one request takes."""
        begin = time.monotonic()
        self.send(method, path, body).read()
        return 1000 * (time.monotonic() - begin)

    def as_token(self, token, path):
        request = urllib.request.Request(self.origin + path, headers={'X-Auth-Token': token})
        urllib.request.urlopen(request, timeout=120).read()

    def metric(self, name, outcome):
        for line in urllib.request.urlopen(self.origin + '/metrics', timeout=120).read().decode().splitlines():
            if line.startswith(name + '{') and 'outcome="%s"' % outcome in line:
                return float(line.rsplit(' ', 1)[1])
        return 0.0

    def pages(self, path):
        """A list from its first page to its last and again: each answer says where the next page is."""
        headers = ', '.join('["%s"]="%s"' % pair for pair in self.headers().items())
        return '''
local first, following, headers = "%s", nil, {%s}
request = function() return wrk.format("GET", following or first, headers) end
response = function(status, _, body)
  local link = body:match('"next": ?"([^"]+)"')
  following = link and link:gsub("^https?://[^/]+", "") or nil
end''' % (path, headers)

    def lua(self, method, path, body=''):
        headers = '\n'.join('wrk.headers["%s"]="%s"' % pair for pair in self.headers().items())
        return 'wrk.method="%s"\nwrk.path="%s"\nwrk.body=[[%s]]\n%s\nfunction request() return wrk.format(nil, wrk.path) end\n' % (method, path, body, headers)

    def pairs(self, path, body, lag=50, **options):
        """POST, and DELETE of what was made some requests ago (so that it is ready by then); the rate counts pairs."""
        headers = ', '.join('["%s"]="%s"' % pair for pair in self.headers().items())
        done = self.load('''
local made, first, last, headers = {}, 1, 0, {%s}
request = function()
  if last - first >= %d then
    local id = made[first]; made[first] = nil; first = first + 1
    return wrk.format("DELETE", "%s/" .. id, headers)
  end
  return wrk.format("POST", "%s", headers, [[%s]])
end
response = function(status, _, body)
  if status == 201 or status == 202 then local id = body:match('"id": ?"([^"]+)"'); if id then last = last + 1; made[last] = id end end
end''' % (headers, lag, path, path, json.dumps(body)), **options)
        return done._replace(rate=done.rate / 2, cpu=done.cpu * 2)


def milliseconds(out, percentile):
    number, unit = re.search(r'%s%%\s+([\d.]+)(us|ms|s|m)' % percentile, out).groups()
    return float(number) * {'us': .001, 'ms': 1, 's': 1000, 'm': 60000}[unit]


from collections import namedtuple
Load = namedtuple('Load', 'rate p50 p99 bad cpu')


@contextlib.contextmanager
def cloud(*settings):
    for need, package in (('wrk', 'wrk'), ('h2load', 'nghttp2-client')):
        if not shutil.which(need):
            raise SystemExit('bench: %s is missing: apt-get install %s' % (need, package))
    subprocess.run([TOP / 'welkin', 'build'], check=True)
    made = Cloud(settings)
    try:
        yield made
    finally:
        made.purge()


def until(condition, seconds=180, every=.02):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit('bench: waited %d s in vain' % seconds)
        time.sleep(every)
