"""Debian's openstack command, a command a line, each in a process of its own that has the program loaded already. Lines are JSON: words in, [exit, out, err] out."""
import importlib, json, os, pkgutil, sys, tempfile
from openstackclient import shell
from openstackclient.identity import v3

# What every command would load again.
for module in ['keystoneclient.v3.client', 'openstack.connection', 'novaclient.client', 'cinderclient.client', 'cliff.formatters.json_format',
               *(v3.__name__ + '.' + found.name for found in pkgutil.iter_modules(v3.__path__))]:
    importlib.import_module(module)

for line in sys.stdin:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.exit(shell.main(json.loads(line)))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0), err.seek(0)
        print(json.dumps([code, out.read().decode(), err.read().decode()]), flush=True)
