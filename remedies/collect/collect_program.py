"""Looks, saves, switches and undoes for the collect remedies. Only Python is sure to be in web, and one process sees the volume with the eyes of
the user who serves it.

python -c PROGRAM VERB APP_ROOT STATIC_ROOT ATTEMPT prints one line "EJMON {...}". It writes only
  STATIC_ROOT/.ejmon/ATTEMPT/former    hard links of all served files (save), until the next attempt's save removes them
  STATIC_ROOT/.ejmon/ATTEMPT/app       copies of the files of lib/build that `inv collect` rewrites
  STATIC_ROOT/.ejmon/ATTEMPT/complete  exists when both are whole
  STATIC_ROOT/.ejmon/ATTEMPT/fresh     where clear-collect collects to; each file leaves it by rename(2) over the served one
Files and folders that begin with a dot are never looked at, replaced or removed."""
import filecmp, glob, json, os, re, shutil, subprocess, sys, tempfile, time
verb, app, root, attempt = sys.argv[1:5]
NAMES, LINE = ('main', 'rocket', 'hicontrast'), '\nEJMON '
os.umask(0o022)


def tree(top):
    found = {}
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith('.')]
        for path in [os.path.join(folder, name) for name in files if not name.startswith('.')]:
            found[os.path.relpath(path, top)] = path
    return found


def size(path):
    return os.path.getsize(path) if os.path.isfile(path) else -1


def same(one, other):
    return os.path.isfile(one) and os.path.isfile(other) and filecmp.cmp(one, other, shallow=False)


def well(source, served):
    return same(source, served) and os.stat(served).st_mode & 0o004


def minified(name):
    return 'lib/build/css/%s-%s.min.css' % (name, os.environ.get('EJ_THEME', 'default'))


def needed():
    rocket = glob.glob('lib/build/css/rocket-*.min.css') or os.path.isdir('src/ej_rocketchat')
    return [name for name in NAMES if name != 'rocket' or rocket]


def rewritten():
    scripts = [path[:-7] + '.js' for path in glob.glob('lib/build/js/*.min.js')]
    return ['lib/build/css/%s.css' % name for name in NAMES] + scripts


def manage(target, *words):
    return subprocess.run(['python', 'manage.py', 'collectstatic', '--noinput'] + list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True, errors='replace',
                          env=dict(os.environ, DJANGO_STATIC_ROOT=target))


def put(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def replace(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    spare = os.path.join(work, 'spare')
    if os.path.lexists(spare):
        os.remove(spare)
    put(source, spare)
    os.replace(spare, target)


def look():
    here = root if os.path.isdir(root) else os.path.dirname(root)
    folders = [folder for folder, _, _ in os.walk(root)] or [here]
    entries = [os.path.join(folder, name) for folder, inner, files in os.walk(root) for name in inner + files]
    disk = os.statvfs(here)
    say = {'theme': os.environ.get('EJ_THEME'), 'root': root, 'css': {name: size(minified(name)) for name in needed()},
           'themes': sorted(path[19:-8] for path in glob.glob('lib/build/css/main-*.min.css')), 'js': size('lib/build/js/main.js'),
           'directory': os.path.isdir(root) or not os.path.lexists(root), 'link': next((path for path in entries if os.path.islink(path)), None),
           'holds_more': root.count('/') < 2 or (os.getcwd() + '/').startswith(root + '/') or
           os.path.exists(os.path.join(root, 'manage.py')) or all(os.path.isdir(os.path.join(root, name)) for name in ('static', 'media')),
           'unwritable': next((path for path in folders if not os.access(path, os.W_OK | os.X_OK)), None),
           'owner': os.stat(here).st_uid, 'user': os.geteuid(), 'free': disk.f_bavail * disk.f_frsize,
           'inodes': disk.f_favail if disk.f_files else -1}
    if min(say['css'].values()) <= 0 or say['js'] <= 0 or not say['directory'] or say['link'] or say['holds_more']:
        return say
    shadow = tempfile.mkdtemp(prefix='ejmon-')
    try:
        done = manage(os.path.join(shadow, 'static'))
        if done.returncode != 0:
            return dict(say, failed=done.stdout[-1500:])
        fresh = os.path.join(shadow, 'static')
        for name in needed():
            path = os.path.join(fresh, 'css', name + '.css')
            if not os.path.exists(path) or same(path, 'lib/build/css/%s.css' % name):
                shutil.copyfile(minified(name), path)
        want, have, css = tree(fresh), tree(root), ['css/%s.css' % name for name in needed()]
        different = sorted(path for path in want if path in have and not well(want[path], have[path]))
        missing, extra = sorted(set(want) - set(have)), sorted(set(have) - set(want))
        skipped = [path for path in different if path in css and os.stat(have[path]).st_mtime > time.time()]
        if set(different) - set(css):
            copied = re.findall("^Pretending to copy '(.*)'$", manage(root, '--dry-run').stdout, re.M)
            skipped += [path for path in different if path not in css and not any(source.endswith('/' + path) for source in copied)]
        lists = dict(different=different, missing=missing, extra=extra, skipped=skipped)
        say.update({name: paths[:20] for name, paths in lists.items()}, counts={name: len(paths) for name, paths in lists.items()},
                   files=len(want), bytes=sum(map(size, want.values())))
    finally:
        shutil.rmtree(shadow)
    return say


def save():
    for old in os.listdir(base) if os.path.isdir(base) else []:
        if old != attempt or not os.path.exists(os.path.join(work, 'complete')):
            shutil.rmtree(os.path.join(base, old))
    if not os.path.exists(os.path.join(work, 'complete')):
        os.makedirs(os.path.join(work, 'former'))
        for path, source in tree(root).items():
            put(source, os.path.join(work, 'former', path))
        for path in filter(os.path.isfile, rewritten()):
            os.makedirs(os.path.dirname(os.path.join(work, 'app', path)), exist_ok=True)
            shutil.copy2(path, os.path.join(work, 'app', path))
        with open(os.path.join(work, 'complete'), 'w') as mark:
            mark.write(str(len(tree(os.path.join(work, 'former')))))
    return {'root': root, 'files': len(tree(os.path.join(work, 'former')))}


def switch():
    fresh = os.path.join(work, 'fresh')
    want, former = tree(fresh), tree(os.path.join(work, 'former'))
    for name in needed():
        if size(os.path.join(fresh, 'css', name + '.css')) <= 0 or not same(minified(name), 'lib/build/css/%s.css' % name):
            raise ValueError('the fresh css/%s.css is not the one of the theme' % name)
    for path in ('js/main.js', 'manifest.json'):
        if size(os.path.join(fresh, path)) <= 0:
            raise ValueError('the fresh %s is missing or empty' % path)
    if len(want) < len(former) / 2:
        raise ValueError('the fresh tree has %d files, the served one has %d' % (len(want), len(former)))
    have, changed = tree(root), 0
    for path in sorted(want, key=lambda name: (name.startswith('css/'), name)):
        if path in have and well(want[path], have[path]):
            continue
        os.chmod(want[path], os.stat(want[path]).st_mode | 0o444)
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        os.replace(want[path], os.path.join(root, path))
        changed += 1
    extra = set(have) - set(want)
    for path in extra:
        os.remove(have[path])
    shutil.rmtree(fresh)
    return {'changed': changed, 'removed': len(extra)}


def undo():
    if not os.path.exists(os.path.join(work, 'complete')):
        return {'gone': work}
    former, have = tree(os.path.join(work, 'former')), tree(root)
    if open(os.path.join(work, 'complete')).read() != str(len(former)):
        raise ValueError('some of the saved files are gone from ' + work)
    for path, source in former.items():
        if path not in have or not os.path.samefile(source, have[path]):
            replace(source, os.path.join(root, path))
    for path in set(have) - set(former):
        os.remove(have[path])
    for path in rewritten():
        saved = os.path.join(work, 'app', path)
        if os.path.isfile(saved):
            shutil.copy2(saved, path + '.ejmon')
            os.replace(path + '.ejmon', path)
        elif os.path.isfile(path):
            os.remove(path)
    return dict(forget(), files=len(former))


def forget():
    if os.path.exists(os.path.join(work, 'complete')):
        os.remove(os.path.join(work, 'complete'))
    shutil.rmtree(work, ignore_errors=True)
    if os.path.isdir(base) and not os.listdir(base):
        os.rmdir(base)
    return {}


def said(answer):
    # A byte that is no UTF-8 is half of a surrogate pair here, which no decoder of JSON takes.
    return json.dumps(json.loads(json.dumps(answer, ensure_ascii=False).encode('utf-8', 'replace').decode()))


try:
    os.chdir(app)
    root = os.path.realpath(root or os.environ.get('DJANGO_STATIC_ROOT') or 'local/static')
    base = os.path.join(root, '.ejmon')
    work = os.path.join(base, attempt)
    print(LINE + said({'look': look, 'save': save, 'switch': switch, 'undo': undo, 'forget': forget}[verb]()))
except (OSError, ValueError) as error:
    print(LINE + said({'error': str(error)}))
    sys.exit(1)
