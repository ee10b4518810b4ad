/* The findings of the theme check about the state of the static files, each with its explanation. Text only. */
#include "checks/theme/theme_codes.h"

const struct code THEME_CSS_EMPTY = {
    .name = "theme/css-empty",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "main.css is served with 200 and 0 bytes",
        .meaning = "The pages have no style at all.",
        .looks = "/static/css/main.css (or rocket.css, hicontrast.css) is 200 and empty: a 200 is not health.",
        .why = "A collect failed (it empties its scratch file before it looks for the source), and a plain collectstatic published the "
               "empty file; or the "
               "image's own CSS is empty.",
        .heals = "`inv collect` with a right EJ_THEME.",
        .heals_not = "Plain collectstatic: it published the empty file in the first place.",
        .by_hand = "curl -sI <url>/static/css/main.css\ndocker-compose exec web ls -l lib/build/css\ndocker-compose exec web inv collect",
        .refs = REFS("ej F09", "ej F10", "ej W6", "guide \"Troubleshooting\""),
    }};

const struct code THEME_CSS_MISSING = {
    .name = "theme/css-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "main.css is missing",
        .meaning = "The pages have no style at all.",
        .looks = "nginx's 404 for /static/css/main.css while other static files come.",
        .why = "The file was deleted, or a collect was interrupted.",
        .heals = "`inv collect`: a missing file is copied.",
        .heals_not = "Plain collectstatic: it brings the CSS of the last collect, of whatever theme that was.",
        .by_hand = "docker-compose exec web ls -l local/static/css\ndocker-compose exec web inv collect",
        .refs = REFS("ej F13", "ej F14", "guide \"Troubleshooting\""),
    }};

const struct code THEME_CSS_UNKNOWN = {
    .name = "theme/css-unknown",
    .severity = SEVERITY_WARNING,
    .layer = "volume",
    .explain = {
        .title = "main.css is of no theme that lies beside it",
        .meaning = "The pages may be styled by another version of EJ than the one that runs.",
        .looks = "main.css is neither empty nor the beginning of anything, and equals no main-<theme>.min.css.",
        .why = "An image older than the volume was deployed (collect renews main.css but skips the rest), or somebody edited the file, or "
               "a custom theme "
               "that `themes` does not name.",
        .heals = "A clear-collect; or name the custom theme in `themes`.",
        .heals_not = "`inv collect` alone: it skips the copies that are newer than their sources.",
        .by_hand = "docker-compose exec web sh -c 'cksum lib/build/css/main*.min.css local/static/css/main*.css'",
        .refs = REFS("ej F19", "ej section 3", "guide \"Troubleshooting\""),
    }};

const struct code THEME_ASSETS_MISSING = {
    .name = "theme/assets-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "Static files are missing",
        .meaning = "Visitors see broken images or lack icons.",
        .looks = "404 for manifest or logo while the CSS comes, or files of the image that are not on the volume. EJ's permanent 404s "
                 "(icon-*.png, "
                 "crop-icon-*.png, page-bg.svg, /static_docs/) do not count.",
        .why = "Files were deleted, or a collect was interrupted.",
        .heals = "`inv collect`: a missing file is copied.",
        .by_hand = "docker-compose exec web inv collect",
        .refs = REFS("ej F13", "ej F17", "ej F25", "guide \"Troubleshooting\""),
    }};

const struct code THEME_TRUNCATED = {
    .name = "theme/truncated",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "A static file is cut short",
        .meaning = "Half a style, half a script or half an image: pages look broken or do not work.",
        .looks = "A file is the beginning of its source, or has no end (an SVG without </svg>), or 0 bytes. Over HTTP alone a script cut "
                 "short cannot be told.",
        .why = "The disk was full, or a collect was killed while it copied.",
        .heals = "Free space first if the disk is full; then a clear-collect.",
        .heals_not =
            "`inv collect`: the cut copy is newer than its source, so it is skipped as unmodified. `--clear` on a full disk loses the "
            "good copies too.",
        .by_hand = "df -h; df -i\ndocker-compose exec web ls -l local/static/js local/static/css\n"
                   "docker-compose exec web python manage.py collectstatic --noinput --clear",
        .refs = REFS("ej F17", "ej F18", "ej W11"),
    }};

const struct code THEME_JS_MISSING = {
    .name = "theme/js-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "main.js is missing",
        .meaning = "Menus, voting and forms do not work.",
        .looks = "nginx's 404 for /static/js/main.js while the CSS comes.",
        .why = "The file was deleted from the volume; or the container lost its own copy (`inv js` deletes it before it fails) and a "
               "--clear took the rest.",
        .heals = "`inv collect` when lib/build/js/main.js exists in the container; else re-create the container first.",
        .heals_not = "`inv js` or build-assets: the image has no npm.",
        .by_hand = "docker-compose exec web ls -l lib/build/js local/static/js\ndocker-compose exec web inv collect",
        .refs = REFS("ej F20", "ej W12", "guide \"Troubleshooting\""),
    }};

const struct code THEME_JS_STALE = {
    .name = "theme/js-stale",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "A script is not the one of the running image",
        .meaning = "New pages with old scripts: some things do not work, and nobody sees why.",
        .looks = "js/main.js on the volume differs from lib/build/js/main.js of the container, and is not just cut short. Known only where "
                 "`app_root` is given.",
        .why = "An image that is older than the volume was deployed (a rollback): its files look unmodified and are skipped, only the CSS "
               "changes.",
        .heals = "A clear-collect. Visitors may need a reload: nginx sends no cache headers.",
        .heals_not = "`inv collect`: it skips the same files again.",
        .by_hand = "docker-compose exec web cksum lib/build/js/main.js local/static/js/main.js\n"
                   "docker-compose exec web python manage.py collectstatic --noinput --clear",
        .refs = REFS("ej F19", "ej W13", "guide \"Troubleshooting\""),
    }};

const struct code THEME_FILES_STALE = {
    .name = "theme/files-stale",
    .severity = SEVERITY_WARNING,
    .layer = "volume",
    .explain = {
        .title = "Static files are not those of the running image",
        .meaning = "Images or styles of another version of EJ are shown.",
        .looks =
            "Files on the volume differ from their sources in the container, and belong to no other theme. Known only where `app_root` "
            "is given.",
        .why = "An image that is older than the volume was deployed, or files on the volume were edited.",
        .heals = "A clear-collect.",
        .heals_not = "`inv collect`: it skips the same files again.",
        .by_hand = "docker-compose exec web python manage.py collectstatic --noinput --clear",
        .refs = REFS("ej F18", "ej F19", "ej W13", "guide \"Troubleshooting\""),
    }};

const struct code THEME_STATIC_MISROUTED = {
    .name = "theme/static-misrouted",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "Requests for static files do not reach the file server",
        .meaning = "The pages have neither style nor images.",
        .looks = "Below /static/ a page of HTML answers, such as Django's own 404, instead of a file or nginx's 404.",
        .why = "A proxy passes /static to Django, which serves no files with DEBUG off; or no proxy serves them at all (the later versions "
               "ship none).",
        .heals = "Give the proxy a location for /static with the volume's folder, and reload it.",
        .heals_not = "Collecting: the files are not the problem.",
        .by_hand = "curl -si <url>/static/css/main.css | head -20\ndocker-compose exec nginx nginx -T | grep -A3 static",
        .refs = REFS("ej F23", "ej F27", "ej W16"),
    }};

const struct code THEME_STATIC_EMPTY = {
    .name = "theme/static-empty",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "There are no static files at all",
        .meaning = "The pages have neither style, images nor scripts.",
        .looks = "nginx's own 404 for CSS, script, manifest and logo alike.",
        .why = "The static folder was emptied and nothing collected afterwards, or nginx sees another, empty volume.",
        .heals = "`inv collect`, after a look that EJ_THEME is right.",
        .heals_not = "Plain collectstatic alone: it brings the CSS of the last collect, of whatever theme that was. Removing the volume.",
        .by_hand =
            "docker-compose exec web ls local/static\ndocker-compose exec nginx ls /usr/share/nginx/html/static\ndocker-compose exec "
            "web inv collect",
        .refs = REFS("ej F13", "ej W10", "guide \"Troubleshooting\""),
    }};

const struct code THEME_STATIC_REFUSED = {
    .name = "theme/static-refused",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "Static files are refused",
        .meaning = "The pages lack style, images or scripts, though the files may be there.",
        .looks = "403 for CSS, script, manifest or logo while pages or other files come.",
        .why = "nginx may not read the files or their folder, or a rule in it or in a firewall before it denies them.",
        .heals = "Let nginx's user read the folder (execute on folders, read on files), or correct the rule.",
        .heals_not = "Collecting: it changes neither nginx's rules nor who may read the folder.",
        .by_hand = "curl -si <url>/static/css/main.css | head -20\ndocker-compose logs --tail=20 nginx | grep -e denied -e forbidden\n"
                   "docker-compose exec nginx ls -ln /usr/share/nginx/html/static",
        .refs = REFS("ej F15", "ej F16"),
    }};

const struct code THEME_STATIC_NOT_SHARED = {
    .name = "theme/static-not-shared",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .inferred = true,
    .explain = {
        .title = "The static files exist, but nginx does not see them",
        .meaning = "The pages have neither style, images nor scripts.",
        .looks = "nginx's 404 for files that are on the volume.",
        .why = "nginx mounts another volume, or the volume at another path, or may not read it.",
        .heals = "Correct the volumes in the compose file and re-create nginx.",
        .heals_not = "Collecting again: it fills the volume that nginx does not see.",
        .by_hand = "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q nginx web)\ndocker-compose exec nginx ls -ln "
                   "/usr/share/nginx/html/static",
        .refs = REFS("ej F15", "ej W8"),
    }};

const struct code THEME_SERVED_DIFFERS = {
    .name = "theme/served-differs",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .inferred = true,
    .explain = {
        .title = "Visitors get another copy of a static file than the volume holds",
        .meaning = "A repair of the volume does not reach the visitors.",
        .looks = "The same file differs, byte for byte, through the site and on the volume.",
        .why = "A cache before nginx keeps the old copy, nginx serves another volume, or `static_root` names the wrong folder.",
        .heals = "Purge the cache; correct the volumes or `static_root`.",
        .heals_not = "Collecting.",
        .by_hand =
            "curl -s <url>/static/css/main.css | cksum; cksum <static_root>/css/main.css\ncurl -sI <url>/static/css/main.css | grep -i "
            "-e age -e etag -e via",
        .refs = REFS("ej F15", "ej F24", "ej W14"),
    }};
