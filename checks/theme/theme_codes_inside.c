/* The findings of the theme check that take a look inside of web, past a cache, or at more than one probe, each with its explanation. */
#include "checks/theme/theme_codes.h"

const struct code THEME_SCRATCH_CSS_EMPTY = {
    .name = "theme/scratch-css-empty",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "A collect failed in web and left an empty main.css behind",
        .meaning = "Nothing is wrong for visitors yet. The next plain collectstatic publishes the empty file, and the site has no style.",
        .looks = "lib/build/css/main.css in the container has 0 bytes, while main-<theme>.min.css and the volume are whole.",
        .why = "`inv collect` ran with a theme that the image lacks: it empties its scratch file before it looks for the theme's.",
        .heals = "`inv collect` in the web container, with a right EJ_THEME.",
        .heals_not = "Plain collectstatic: it is what does the damage.",
        .by_hand = "docker-compose exec web ls -l lib/build/css\ndocker-compose exec web inv collect",
        .refs = REFS("ej F06", "ej F09"),
    }};

const struct code THEME_SCRATCH_CSS_OTHER = {
    .name = "theme/scratch-css-other",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "The web container's own main.css is of another theme than its EJ_THEME",
        .meaning = "The next plain collectstatic in this container may bring the other theme's colours back to the site.",
        .looks = "lib/build/css/main.css in the container is byte for byte the main-<theme>.min.css of another theme.",
        .why =
            "The collect that repaired the volume ran in a one-off container (`docker-compose run web ...`), which shares the volume but not "
            "lib/build; or somebody collected here with another EJ_THEME; or web's start command does not collect.",
        .heals = "`inv collect` in the serving container itself, by exec.",
        .heals_not = "`docker-compose run web collect` once more: it has a lib/build of its own.",
        .by_hand = "docker-compose exec web sh -c 'cksum lib/build/css/main*.css'\ndocker-compose exec web inv collect",
        .refs = REFS("ej F83", "ej F02", "ej F12"),
    }};

const struct code THEME_COLLECTED_ELSEWHERE = {
    .name = "theme/collected-elsewhere",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "Another container collected its theme into this static volume",
        .meaning = "Visitors see another theme's colours, although this container collected the right ones.",
        .looks = "main.css on the volume is of another theme than lib/build/css/main.css of the serving container, which is right.",
        .why = "A second stack shares the volume and collects at its start; or somebody ran a one-off container with another EJ_THEME.",
        .heals = "Collect in the serving container. If it comes back: give each stack a volume of its own.",
        .heals_not = "Collecting again and again while the other stack goes on.",
        .by_hand = "docker ps -a --filter volume=<the static volume>\ndocker-compose exec web inv collect",
        .refs = REFS("ej F21", "ej F83", "ej W3", "ej W18"),
    }};

const struct code THEME_VOLUME_FLIPS = {
    .name = "theme/volume-flips",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "The theme on the static volume flips",
        .meaning = "The site changes its colours with every restart of somebody.",
        .looks = "main.css was of the wanted theme and became another one's, twice within six hours, and no attempt of ejmon was at work.",
        .why = "Two stacks share one static volume, and each start of web collects that stack's own theme.",
        .heals = "Give each stack a static volume of its own (another compose project, or another volume name).",
        .heals_not = "Collecting: the other stack's next start undoes it.",
        .by_hand = "docker ps -a --filter volume=<the static volume>\ndocker inspect -f '{{.Name}} {{json .Mounts}}' $(docker ps -q)",
        .refs = REFS("ej F21", "ej W18"),
    }};

const struct code THEME_STATIC_URL_OTHER = {
    .name = "theme/static-url-other",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The pages ask for static files where nginx serves none",
        .meaning = "A part of every page is missing: some addresses follow DJANGO_STATIC_URL, others are written as /static/ in the code.",
        .looks = "A page names js/main.js or another static file outside of /static/, and that address is no file.",
        .why = "DJANGO_STATIC_URL is set. nginx serves /static and nothing else, and EJ's own templates say /static/ in many places.",
        .heals = "Remove DJANGO_STATIC_URL from config.env and re-create web.",
        .heals_not = "Collecting: the files are all there. A second location in nginx helps only with what follows the variable.",
        .by_hand =
            "curl -s <url>/login/ | grep -o '\\(src\\|href\\)=\"[^\"]*main[^\"]*\"'\ndocker-compose exec web env | grep DJANGO_STATIC",
        .refs = REFS("ej W19"),
    }};

const struct code THEME_STATIC_ROOT_OTHER = {
    .name = "theme/static-root-other",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "web collects into a folder that is on no volume",
        .meaning =
            "nginx goes on serving what the volume held before: no change of theme or image reaches the visitors, and no collect helps.",
        .looks = "DJANGO_STATIC_ROOT leads to another folder than local/static, and no volume is mounted there.",
        .why = "The variable was set without moving the volume in the compose file.",
        .heals = "Remove DJANGO_STATIC_ROOT from config.env (or mount the volume there), re-create web.",
        .heals_not = "Collecting: it fills the folder that nobody serves.",
        .by_hand = "docker-compose exec web env | grep DJANGO_STATIC\ndocker inspect -f '{{json .Mounts}}' $(docker-compose ps -q web)",
        .refs = REFS("ej W19", "ej F15"),
    }};

const struct code THEME_SERVED_BY_WEB = {
    .name = "theme/served-by-web",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "web itself serves static files",
        .meaning = "What is seen below /static/ may come from the sources and hide a broken volume; and DEBUG shows secrets to anybody.",
        .looks =
            "/static/css/main.css is 200 at web itself (in production it is 404 there), or the site's static files come from a development "
            "server.",
        .why = "DJANGO_DEBUG is on, or web was started with runserver.",
        .heals = "DJANGO_DEBUG=False, the production start command, and web re-created.",
        .heals_not = "Collecting: the files that visitors get may not be the volume's at all.",
        .by_hand =
            "curl -sI <web>/static/css/main.css\ndocker-compose exec web env | grep -e DJANGO_DEBUG -e DJANGO_ENVIRONMENT\ndocker-compose top web",
        .refs = REFS("ej W20", "ej F37", "ej D2"),
    }};

const struct code THEME_CACHE_STALE = {
    .name = "theme/cache-stale",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "A cache before nginx serves old static files",
        .meaning = "Visitors see the former theme or version, whatever is repaired behind the cache.",
        .looks =
            "The site gives another copy of a file than nginx itself does: asked at its own address (key `nginx`), or with a query that no "
            "cache has seen. Age, X-Cache and the like tell the same.",
        .why =
            "EJ's addresses are the same for every theme and version, and nginx sends no cache headers: a CDN or an outer proxy keeps what it "
            "has.",
        .heals = "Purge /static/ in the cache; give /static a short lifetime there. Browsers keep their copies too: reload with Shift.",
        .heals_not = "Any collect: the files on the volume are right already.",
        .by_hand =
            "curl -sI <url>/static/css/main.css | grep -i -e age -e cache -e etag\ncurl -s '<url>/static/css/main.css?fresh' | cksum",
        .refs = REFS("ej F24", "ej W14"),
    }};

const struct code THEME_INSIDE_UNSEEN = {
    .name = "theme/inside-unseen",
    .severity = SEVERITY_INFO,
    .layer = "ejmon",
    .explain = {
        .title = "web serves, but could not be looked at from inside",
        .meaning = "Only what HTTP and a mounted volume show is known: a stale script or a cut image may go unseen.",
        .looks = "The command that ejmon runs in web fails, or the collect into a fresh folder does not end in time.",
        .why =
            "No right on the Docker socket, a `web_command` that leads nowhere, no Python there, no room in /tmp; or a slow machine: the "
            "collect has to end within the check's `timeout`.",
        .heals =
            "Correct the way into web; `timeout: 30s` for the theme check on a slow machine; `shadow: false` to do without the collect.",
        .by_hand = "docker-compose exec web python --version\ndocker-compose exec web df -h /tmp",
        .refs = REFS("ej section 3"),
    }};
