"""Lists EJ's migration files and what they replace, tells where the settings lead, without importing EJ, and whether anything answers where EJ
calls Rocket.Chat. It reads only.

python3 -c PROGRAM APP_ROOT CALLED prints one line "EJMON {...}", which db_image.c reads; either argument may be empty."""
import ast, glob, json, os, sqlite3, ssl, sys, threading, time, urllib.error, urllib.request
from urllib.parse import quote
FILE_LIMIT = 1 << 20


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as source:
            return source.read(FILE_LIMIT)
    except OSError:
        return ''


def replaces(path):
    text = read(path)
    if 'replaces' not in text:
        return []
    try:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assign) and any(getattr(target, 'id', '') == 'replaces' for target in node.targets):
                return [[str(app), str(name)] for app, name in ast.literal_eval(node.value)]
    except (SyntaxError, TypeError, ValueError):
        return None
    return []


def value(name):
    found = os.environ.get(name)
    return os.environ.get(found[1:]) if found and found.startswith('$') else found


def call(url, say):
    # /api/ is no route of its own, so the limiter of Rocket.Chat's routes does not count it. requests, which EJ uses, knows other authorities
    # than Python: who is refused for that was reached.
    try:
        url = url if '://' in url else 'http://' + url
        urllib.request.urlopen(url.rstrip('/') + '/api/', timeout=3).close()
    except urllib.error.HTTPError:
        pass
    except (OSError, ValueError) as error:
        reason = getattr(error, 'reason', error)
        if 'CERTIFICATE_VERIFY_FAILED' in str(reason):
            say[:] = ['']
        elif isinstance(reason, ssl.SSLError):
            say[:] = ['no TLS at a port of https']
        elif isinstance(reason, TimeoutError) or 'timed out' in str(reason):
            return
        else:  # nothing that may hold a piece of the address
            say[:] = [reason.strerror or 'no answer' if isinstance(reason, OSError) else 'this is no address of http']
        return
    except Exception:
        say[:] = ['no answer of http']
        return
    say[:] = ['']


called = ['no answer within 4 s' if sys.argv[2] else None]
caller = threading.Thread(target=call, args=(sys.argv[2], called), daemon=True)
if sys.argv[2]:
    caller.start()
places = [os.getcwd(), sys.argv[1], '/app', '/ej-application', '/ej-server']
root = next((place for place in places if place and os.path.isfile(place + '/manage.py')), '')
settings = ''.join(read(path) for path in [root + '/src/ej/settings.py'] + sorted(glob.glob(root + '/src/ej/settings/*.py')))
folders = [(os.path.basename(os.path.dirname(folder)), folder) for folder in sorted(glob.glob(root + '/src/ej_*/migrations'))]
for path in glob.glob(root + '/src/ej/**/0003_set_site_domain_and_name.py', recursive=True)[:1]:
    folders.append(('sites', os.path.dirname(path)))
files = []
for app, folder in folders if root else []:
    for name in sorted(os.listdir(folder)):
        if name.endswith('.py') and name[0] not in '_~':
            files.append([app, name[:-3], replaces(os.path.join(folder, name))])
url, host, engine, why = value('DJANGO_DB_URL'), value('DB_HOST'), '', ''
scheme = (url or '').split(':')[0]
if 'DB_HOST' in settings and host and host != 'db':
    engine, why = 'postgresql', 'DB_HOST is set'
elif 'DB_HOST' in settings and not root.endswith('/ej-application'):
    pass
elif url is None:
    engine, why = 'sqlite', 'DJANGO_DB_URL is not set' if host is None else 'DB_HOST is db, and DJANGO_DB_URL is not set'
elif scheme in ('psql', 'postgres', 'postgresql', 'pgsql', 'postgis'):
    engine, why = 'postgresql', 'DJANGO_DB_URL begins with ' + scheme
elif scheme == 'sqlite':
    engine, why = 'sqlite', 'DJANGO_DB_URL begins with sqlite'
sqlite = None
try:
    path = url[9:] if scheme == 'sqlite' and len(url) > 10 else 'local/db/db.sqlite3'
    path = os.path.join(root, path)
    state = os.stat(path)
    base = sqlite3.connect('file:%s?mode=ro' % quote(path), uri=True, timeout=1)
    users = base.execute('SELECT count(*) FROM ej_users_user').fetchone()[0]
    sqlite = {'path': path, 'size': state.st_size, 'age': max(0, time.time() - state.st_mtime), 'users': users}
except (OSError, sqlite3.Error):
    pass
rocket = ''.join(read(path) for path in sorted(glob.glob(root + '/src/ej_rocketchat/*.py')))
if sys.argv[2]:
    caller.join(4)
names = [name for name in sorted(os.environ) if name.startswith(('EJ_ROCKETCHAT_', 'HTTP_', 'DB_HOST'))]
tests = [('tasklib', os.path.isdir(root + '/etc/tasklib')), ('tasks', os.path.isfile(root + '/tasks.py')),
         ('ej-application', root.endswith('/ej-application')), ('ej-server', root.endswith('/ej-server')),
         ('rocketchat-app', os.path.isdir(root + '/src/ej_rocketchat')),
         ('header-overrides', 'HTTP_X_FRAME_OPTIONS' in read(root + '/src/ej_rocketchat/decorators.py')),
         ('frame-ancestors', 'FRAME_ANCESTORS' in settings + rocket), ('settings', settings != ''), ('db-host', 'DB_HOST' in settings)]
print('\nEJMON ' + json.dumps({'files': files, 'names': names, 'root': root, 'engine': engine if root else '', 'why': why, 'sqlite': sqlite,
                               'call': called[0], 'marks': [name for name, there in tests if root and there]}))
