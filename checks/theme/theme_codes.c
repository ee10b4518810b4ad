/* The findings of the theme check about names and themes, each with its explanation; those about files stand in theme_codes_files.c. */
#include "checks/theme/theme_codes.h"

#define LOOK_AT_ENV "docker-compose exec web env | grep EJ_THEME\ngrep EJ_THEME config.env"

const struct code THEME_NOT_SET = {
    .name = "theme/not-set",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ_THEME is set to nothing",
        .meaning = "The next start of web fails: collect looks for main-.min.css, and the container restarts in a loop (502).",
        .looks = "`EJ_THEME=` without a value in config.env. Without the line at all EJ takes the image's own theme, which is fine.",
        .why = "The value was deleted instead of the line.",
        .heals = "Write a theme's name, or delete the line; then re-create web.",
        .heals_not = "Collecting or restarting: the name is still empty.",
        .by_hand = LOOK_AT_ENV "\ndocker-compose up -d web",
        .refs = REFS("ej F05", "ej W1"),
    }};

const struct code THEME_ODD_VALUE = {
    .name = "theme/odd-value",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ_THEME holds something that cannot be a theme's name",
        .meaning = "At the latest at its next start web fails and restarts in a loop (502).",
        .looks = "Quotes, a slash, a blank or a leading $ in the value.",
        .why = "EJ strips no quotes and no blanks; a slash ends in a TypeError although the documentation speaks of paths; $NAME reads "
               "another variable.",
        .heals = "Write the bare name, EJ_THEME=cpa, and re-create web.",
        .heals_not = "Collecting with `-e EJ_THEME=...` only: the next start takes the odd value again.",
        .by_hand = LOOK_AT_ENV "\ndocker-compose logs --tail=50 web | grep -e min.css -e TypeError\ndocker-compose up -d web",
        .refs = REFS("ej F07", "ej F08", "ej W1"),
    }};

const struct code THEME_UNKNOWN = {
    .name = "theme/unknown",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The image has no theme of the wanted name",
        .meaning =
            "collect cannot succeed: a start with this name ends in a restart loop (502), a collect by hand empties the scratch main.css.",
        .looks = "main-<theme>.min.css does not exist, those of other themes do.",
        .why = "A typing error, a wrong case, or an image without this theme (the later versions have no cpa any more).",
        .heals = "Write a name that the image has, and re-create web.",
        .heals_not =
            "build-assets in the container (it has no compiler); plain collectstatic afterwards (it would publish an empty main.css).",
        .by_hand = "docker-compose exec web ls lib/build/css\n" LOOK_AT_ENV,
        .refs = REFS("ej F06", "ej F26", "ej W1", "ej W17", "guide \"Docker-build\""),
    }};

const struct code THEME_CONTAINER_DIFFERS = {
    .name = "theme/container-differs",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The running container has another EJ_THEME than config.env",
        .meaning = "The site keeps the theme that the container was created with.",
        .looks = "EJ_THEME of the container (docker inspect) and of the file differ.",
        .why =
            "config.env was edited and the container only restarted: the environment is read when the container is created, never again.",
        .heals = "Re-create web; its start collects. Then images that stay of the former theme need a clear-collect.",
        .heals_not = "docker restart. Collecting first: the container collects for its own old theme.",
        .by_hand = LOOK_AT_ENV "\ndocker-compose up -d web",
        .refs = REFS("ej F03", "ej F04", "ej W2", "guide \"Troubleshooting\""),
    }};

const struct code THEME_PROCESS_DIFFERS = {
    .name = "theme/process-differs",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .inferred = true,
    .explain = {
        .title = "The pages are of another theme than wanted",
        .meaning = "Visitors see the texts and layout of another theme than its colours and images.",
        .looks = "The home or login page carries another theme's marks than EJ_THEME, or than the CSS.",
        .why =
            "The web process was started under another EJ_THEME than the files were collected with; it reads the name only when it starts.",
        .heals = "Set EJ_THEME in config.env, re-create web, then check the files again.",
        .heals_not = "Collecting: the pages do not come from the static volume. docker restart: it keeps the old environment.",
        .by_hand = LOOK_AT_ENV "\ndocker-compose up -d web",
        .refs = REFS("ej F03", "ej F22", "ej W15", "guide \"Troubleshooting\""),
    }};

const struct code THEME_CSS_WRONG_THEME = {
    .name = "theme/css-wrong-theme",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "The CSS is of another theme than wanted",
        .meaning = "Visitors see the site in another theme's colours.",
        .looks = "main.css is byte for byte the main-<theme>.min.css of another theme (or has its colours).",
        .why = "Nothing was collected since EJ_THEME changed, or only with plain collectstatic, which never touches main.css; `--theme "
               "default` is "
               "ignored when EJ_THEME says something else.",
        .heals = "`inv collect` in the web container, when its EJ_THEME is right.",
        .heals_not = "Plain collectstatic: it copies the old main.css again.",
        .by_hand = LOOK_AT_ENV "\ndocker-compose exec web inv collect",
        .refs = REFS("ej F02", "ej F12", "ej F14", "ej W4", "ej W5", "guide \"Troubleshooting\""),
    }};

const struct code THEME_ASSETS_WRONG_THEME = {
    .name = "theme/assets-wrong-theme",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "Images and manifest are of another theme than wanted, and so is the CSS",
        .meaning = "The site shows another theme, consistently.",
        .looks = "Manifest or logo belong to another theme, and main.css is not the wanted one either.",
        .why = "Nothing was collected since EJ_THEME changed, or web runs with another EJ_THEME than wanted.",
        .heals = "With the right EJ_THEME in the container: a clear-collect.",
        .heals_not = "`inv collect` alone: it renews the CSS and skips the images, because their sources are older than the copies.",
        .by_hand =
            LOOK_AT_ENV "\ndocker-compose exec web inv collect\ndocker-compose exec web python manage.py collectstatic --noinput --clear",
        .refs = REFS("ej F03", "ej W3", "guide \"Troubleshooting\""),
    }};

const struct code THEME_MIXED_ASSETS = {
    .name = "theme/mixed-assets",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "The images and the CSS are of different themes",
        .meaning = "Visitors see one theme's colours with another theme's logo and icons.",
        .looks = "main.css is of the wanted theme; manifest, logo or other images are of another one.",
        .why = "The theme was switched on a used static volume. collect replaces the CSS but skips every image whose source is older than "
               "the copy on "
               "the volume, which is all of them. Every start of web does the same and changes nothing.",
        .heals = "`inv collect`, then `collectstatic --noinput --clear`; or an emptied static folder and `inv collect`.",
        .heals_not = "`inv collect` or plain collectstatic once more, or a restart: they skip the same files again.",
        .by_hand = "curl -s <url>/static/manifest.json | grep short_name\ndocker-compose exec web python manage.py collectstatic --noinput "
                   "--clear",
        .refs = REFS("ej F01", "ej W3", "guide \"Troubleshooting\""),
    }};

const struct code THEME_BUILD_EMPTY = {
    .name = "theme/build-empty",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The image's own CSS is empty",
        .meaning = "The site has no style, and no collect can give it one.",
        .looks = "main-<theme>.min.css itself has 0 bytes.",
        .why = "The build of the image failed silently: when the CSS minifier fails, the shell has already made an empty file, and `inv "
               "sass` exits 0.",
        .heals = "Go back to the last good image, or repair the build and build anew.",
        .heals_not = "Any collect: there is nothing to collect from. Emptying the volume: it loses what is still good.",
        .by_hand = "docker-compose exec web ls -l lib/build/css\ndocker images | grep web",
        .refs = REFS("ej F10", "ej F80", "ej W6", "guide \"Troubleshooting\""),
    }};

const struct code THEME_BUILD_JS_MISSING = {
    .name = "theme/build-js-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The web container has lost its main.js",
        .meaning = "The next collect with --clear takes the script from the site.",
        .looks = "lib/build/js/main.js does not exist in the container, or is empty.",
        .why = "Somebody ran `inv js` or build-assets in the container: it deletes the script first and then fails, for it has no npm.",
        .heals = "Re-create the container (its layer is fresh then), then a clear-collect.",
        .heals_not = "`inv js` again. A clear-collect before the container was re-created.",
        .by_hand = "docker-compose exec web ls -l lib/build/js\ndocker-compose up -d --force-recreate web",
        .refs = REFS("ej F20", "ej W12"),
    }};

const struct code THEME_BUILD_MISLABELLED = {
    .name = "theme/build-mislabelled",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The image's CSS carries the wrong theme's name",
        .meaning = "The site shows another theme's colours although every name is right.",
        .looks = "main.css equals main-<theme>.min.css, but has the colours of the other theme.",
        .why = "The image was built with EJ_THEME in the environment: it overrides the theme that the build asks for.",
        .heals = "Build the image again without EJ_THEME in the environment, or go back to a good one.",
        .heals_not = "Switching themes back and forth, or collecting.",
        .by_hand = "docker-compose exec web grep -c '#30bfd3' lib/build/css/main-default.min.css",
        .refs = REFS("ej F11", "ej W7", "guide \"Docker-build\"", "guide \"Troubleshooting\""),
    }};

const struct code THEME_STATIC_UNSEEN = {.name = "theme/static-unseen",
                                         .severity = SEVERITY_WARNING,
                                         .layer = "ejmon",
                                         .blind = true,
                                         .explain = {
                                             .title = "The static files could not be looked at through the site",
                                             .meaning = "Nothing is known about what visitors get.",
                                             .looks = "No answer below /static/, or one of a proxy in the file's place.",
                                             .why = "nginx is down, hangs, or is not reachable from ejmon; or a firewall before "
                                                    "it refuses ejmon (403).",
                                             .heals = "See the nginx check; let ejmon's address through.",
                                             .by_hand = "curl -sI <url>/static/css/main.css",
                                             .refs = REFS("ej F31"),
                                         }};

const struct code THEME_VOLUME_UNSEEN = {
    .name = "theme/volume-unseen",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "The static volume or its sources could not be read",
        .meaning = "Only what HTTP shows is known: a stale or cut script cannot be told from a good one.",
        .looks = "No such folder, no permission, or a disk that does not answer.",
        .why =
            "`static_root` names a folder that is not mounted into ejmon; or one of `static_root` and `app_root` is not readable for its user, "
            "or holds no EJ; or the disk hangs.",
        .heals = "Mount the volume read-only into ejmon's container and give its path, or leave the key out.",
        .by_hand = "ls -ln <static_root>\ndocker volume ls",
        .refs = REFS("ej F15", "ej F16"),
    }};
