"""Looks inside of the web container: one process with the eyes of the user who serves, and read-only. Only Python is sure to be there.

python -c PROGRAM APP_ROOT VERB THEME SECONDS STAMP prints one line "EJMON {...}"; inside_parse.c reads it. VERB: "disk" (space, folder, log),
"look" (files and their digests too), "shadow" (and, when STAMP is not the stamp of the files as they are, a collectstatic into a fresh folder
below /tmp, compared by content with the static root). It writes to that folder alone, removes it on every way out, also when its time is over
or it is told to end, and never touches the static root. Of an environment it tells EJ_THEME alone."""
import filecmp, glob, hashlib, json, os, shutil, signal, subprocess, sys, tempfile, time
wanted_app, verb, theme, seconds, stamp = sys.argv[1:6]
LIMIT, FILES, SHOWN = 4 << 20, 8000, 5
CSS = ('main', 'rocket', 'hicontrast')
KEYS = ('css/main.css', 'css/rocket.css', 'css/hicontrast.css', 'manifest.json', 'img/logo/logo.svg', 'js/main.js')
ends = time.time() + float(seconds)


def leave(number, frame):
    sys.exit(1)


ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)
for number in ENDINGS:
    signal.signal(number, leave)
signal.alarm(int(float(seconds)) + 1)


def read(path, size=1 << 16):
    try:
        with open(path, 'rb') as file:
            return file.read(size)
    except OSError:
        return b''


def fingerprint(path):
    try:
        size = os.path.getsize(path)
        if not os.path.isfile(path):
            return None
        return [size, hashlib.sha256(read(path, LIMIT)).hexdigest() if size <= LIMIT else '']
    except OSError:
        return None


def walk(top):
    count = 0
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith('.'))
        for name in sorted(files):
            if not name.startswith('.') and count < FILES:
                count += 1
                path = os.path.join(folder, name)
                yield os.path.relpath(path, top), path


def summed():
    sums = hashlib.sha256(repr((theme, root)).encode())
    for top in (root, 'lib/build', 'lib/assets', 'lib/themes'):
        for name, path in walk(top):
            try:
                was = os.stat(path)
                sums.update(repr((top, name, was.st_size, was.st_mtime_ns, was.st_ctime_ns, was.st_ino)).encode('utf-8', 'replace'))
            except OSError:
                pass
    return sums.hexdigest()


def serving():
    for pid in sorted(int(name) for name in os.listdir('/proc') if name.isdigit()):
        words = read('/proc/%d/cmdline' % pid).decode('utf-8', 'replace').split('\0')
        if pid == os.getpid() or not {'gunicorn', 'runserver', 'run'} & {os.path.basename(word) for word in words[1:]}:
            continue
        try:
            if os.path.realpath(os.readlink('/proc/%d/cwd' % pid)) != os.getcwd():
                continue
        except OSError:
            if pid != 1:
                continue
        named = None
        for at, word in enumerate(words):
            said = words[at + 1] if word in ('-t', '--theme') and at + 1 < len(words) else word[8:] if word.startswith('--theme=') else None
            if said and said != 'default':
                named = os.path.basename(said)
        lines = read('/proc/%d/environ' % pid, 1 << 18).decode('utf-8', 'replace').split('\0')
        its = dict(line.partition('=')[::2] for line in lines if line.startswith('EJ_THEME='))
        user = next((int(line.split()[1]) for line in read('/proc/%d/status' % pid).decode().split('\n') if line.startswith('Uid:')), -1)
        return {'seen': any(lines), 'theme': its.get('EJ_THEME'), 'argument': named, 'runserver': 'runserver' in words or words[-2:-1] == ['run'],
                'user': user}
    return None


def mount(path):
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path


def writable(path, user):
    if user in (os.geteuid(), -1):
        return os.access(path, os.W_OK | os.X_OK)
    was = os.stat(path)
    if user == 0 or os.statvfs(path).f_flag & os.ST_RDONLY:
        return os.access(path, os.W_OK)
    return was.st_mode & 0o300 == 0o300 if was.st_uid == user else was.st_mode & 0o003 == 0o003 or was.st_mode & 0o030 == 0o030


def space(what, path):
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    disk = os.statvfs(path)
    return {'what': what, 'path': path, 'free': disk.f_bavail * disk.f_frsize, 'size': disk.f_blocks * disk.f_frsize,
            'inodes': disk.f_favail if disk.f_files else -1}


def unwritable(user):
    for folder, folders, _ in os.walk(root):
        if not writable(folder, user):
            return folder
        folders[:] = [name for name in folders if name != 'lost+found' and not name.startswith('.')]
    return None


def disk(user):
    log = next((path for path in (os.path.join(app, 'local/logs/debug.log'),) if os.path.isfile(path)), None)
    try:
        was = os.stat(root)
        place = {'there': True, 'owner': was.st_uid, 'mode': was.st_mode & 0o7777, 'unwritable': unwritable(user)}
    except OSError:
        place = {'there': False}
    return {'root': dict(place, path=root, elsewhere=elsewhere, attempts=sorted(os.listdir(root + '/.ejmon'))[:9] if os.path.isdir(root + '/.ejmon') else []),
            'space': [space('static', root), space('log', os.path.join(app, 'local/logs'))],
            'log': {'path': log, 'size': os.path.getsize(log)} if log else None}


def names():
    return sorted(path[19:-8] for path in glob.glob('lib/build/css/main-*.min.css'))[:40]


def files():
    found = {}
    for path in ['lib/build/js/main.js'] + ['lib/build/css/%s.css' % name for name in CSS]:
        found[path] = fingerprint(path)
    for path in ['css/main-%s.min.css' % name for name in set(names() + [theme])]:
        found['lib/build/' + path] = fingerprint('lib/build/' + path)
        found['static/' + path] = fingerprint(os.path.join(root, path))
    for path in KEYS:
        found['static/' + path] = fingerprint(os.path.join(root, path))
    return found


def same(one, other):
    return os.path.isfile(one) and os.path.isfile(other) and filecmp.cmp(one, other, shallow=False)


def minified(path, name):
    return 'lib/build/%s-%s.min.css' % (path[:-4], name)


def owner(path, have):
    if path[4:-4] in CSS and path.startswith('css/'):
        return next((name for name in names() if name != theme and same(have, minified(path, name))), None)
    themes = sorted(os.listdir('lib/themes')) if os.path.isdir('lib/themes') else []
    known = next((name for name in themes if name != theme and same(have, 'lib/themes/%s/assets/%s' % (name, path))), None)
    return known or ('default' if same(have, 'lib/assets/' + path) else None)


def difference(path, source, have):
    if not os.path.isfile(have):
        return 'missing', None
    if os.path.getsize(source) == 0 or same(source, have):
        return None, None
    if os.path.getsize(have) == 0:
        return 'empty', None
    if os.path.getsize(have) < os.path.getsize(source):
        with open(have, 'rb') as one, open(source, 'rb') as other:
            while True:
                piece = one.read(1 << 16)
                if not piece:
                    return 'truncated', None
                if piece != other.read(len(piece)):
                    break
    whose = owner(path, have)
    return 'other' if whose else 'stale', whose


def begin_collect():
    os.nice(19)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)


def shadow():
    for old in glob.glob(os.path.join(tempfile.gettempdir(), 'ejmon-shadow-*')):
        if os.stat(old).st_uid == os.geteuid() and os.stat(old).st_mtime < time.time() - 600:
            shutil.rmtree(old, ignore_errors=True)
    needed = sum(os.path.getsize(path) for top in ('lib/build', 'lib/assets', root) for _, path in walk(top) if os.path.isfile(path))
    room = os.statvfs(tempfile.gettempdir())
    if room.f_bavail * room.f_frsize < 2 * needed + (64 << 20):
        return {'error': 'too little space below ' + tempfile.gettempdir()}
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # nothing ends us between what is made and the knowledge of it
    folder = tempfile.mkdtemp(prefix='ejmon-shadow-')
    child = None
    try:
        fresh = os.path.join(folder, 'static')
        os.mkdir(fresh)
        with open(os.path.join(folder, 'said'), 'w+b') as said:
            child = subprocess.Popen([sys.executable, 'manage.py', 'collectstatic', '--noinput'], stdin=subprocess.DEVNULL, stdout=said,
                                     stderr=subprocess.STDOUT, preexec_fn=begin_collect, start_new_session=True,
                                     env=dict(os.environ, DJANGO_STATIC_ROOT=fresh, EJ_THEME=theme, PYTHONDONTWRITEBYTECODE='1'))
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
            try:
                child.wait(max(1, ends - time.time() - 1))
            except subprocess.TimeoutExpired:
                return {'error': 'collectstatic took too long'}
            if child.returncode != 0:
                said.seek(max(0, said.tell() - 300))
                return {'error': 'collectstatic failed: ' + said.read().decode('utf-8', 'replace')[-300:]}
        say, count = {}, 0
        for path, source in walk(fresh):
            if path[4:-4] in CSS and path.startswith('css/') and path.endswith('.css'):
                source = minified(path, theme)
                if not os.path.isfile(source):
                    continue
            count += 1
            kind, whose = difference(path, source, os.path.join(root, path))
            if kind:
                group = 'css' if source.endswith('.min.css') and path[4:-4] in CSS else 'script' if path.startswith('js/') else 'asset'
                row = say.setdefault(group, {}).setdefault(kind, [0, []])
                row[0] += 1
                if len(row[1]) < SHOWN:
                    row[1].append([path, whose])
        return {'files': count, 'differences': say}
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
        if child and child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        shutil.rmtree(folder, ignore_errors=True)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)


def look():
    made = os.environ.get('EJ_THEME')
    served = serving()
    decorators = 'src/ej_rocketchat/decorators.py'
    generation = None
    if os.path.isdir('src'):
        generation = 'C' if not os.path.isdir('src/ej_rocketchat') else 'B' if b'HTTP_X_FRAME_OPTIONS' in read(decorators) else 'A'
    say = {'app': app, 'user': os.geteuid(), 'generation': generation, 'theme': made, 'wanted': theme, 'serving': served, 'themes': names()}
    say.update(disk(served['user'] if served else os.geteuid()))
    if verb != 'disk':
        say['files'] = files()
        say['stamp'] = summed()
        if verb == 'shadow' and say['root']['there'] and say['stamp'] != stamp:
            say['shadow'] = shadow()
    return say


def said(answer):
    # A byte that is no UTF-8 is half of a surrogate pair here, which no decoder of JSON takes.
    return json.dumps(json.loads(json.dumps(answer, ensure_ascii=False).encode('utf-8', 'replace').decode()))


try:
    candidates = [path for path in (wanted_app, os.getcwd(), '/app', '/ej-application', '/ej-server') if path]
    app = next((path for path in candidates if os.path.isfile(os.path.join(path, 'manage.py'))), None)
    if not app:
        raise ValueError('no manage.py in ' + ', '.join(candidates))
    os.chdir(app)
    app = os.getcwd()
    theme = theme or os.environ.get('EJ_THEME') or 'default'
    if '/' in theme or theme.startswith('.'):
        raise ValueError('no theme has such a name')
    usual = os.path.realpath('local/static')
    root = os.path.realpath(os.environ.get('DJANGO_STATIC_ROOT') or usual)
    elsewhere = root != usual and mount(root) == mount(app)
    print('\nEJMON ' + said(look()))
except (OSError, ValueError) as error:
    print('\nEJMON ' + said({'error': str(error)}))
    sys.exit(1)
