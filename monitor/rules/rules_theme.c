/* Causes of wrong, missing and broken static files, and the collect that cures each. Data only.
 *
 * What decides between collect and clear-collect is the mtime rule (EJ contract section 3): collectstatic copies a file only when the copy
 * on the volume is older than its source, and sources are as old as the image. `inv collect` writes the three CSS files anew, so they
 * always pass. */
#include "monitor/core/rule.h"

#define LIST(...)         \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }
#define REFUSED(...)              \
  (const struct rule_refusal[]) { \
    __VA_ARGS__, {                \
      NULL, NULL                  \
    }                             \
  }

#define REFUSE_COLLECT_MTIME \
  { "collect", "skips files that look unmodified: their sources are older than the copies on the volume (the mtime rule)" }
#define REFUSE_RESTART \
  { "restart web", "docker restart re-reads no environment, and its collect skips the same files" }
#define REFUSE_PLAIN \
  { "collectstatic", "plain collectstatic never renews main.css: it publishes what the last collect left" }
#define REFUSE_BOTH(why) \
  {"collect", why}, {    \
    "clear-collect", why \
  }

#define CLEAR_BY_HAND "docker-compose exec web inv collect", "docker-compose exec web python manage.py collectstatic --noinput --clear"
#define RECREATE "docker-compose up -d web    # re-creates it: a restart does not re-read config.env"
#define LOOK_AT_ENV "docker-compose exec web env | grep EJ_THEME", "grep EJ_THEME config.env"

const struct rule rules_theme[] = {
    /* --- the environment ------------------------------------------------------------------------------------------------------- */
    {.code = "theme/bad-name",
     .summary = "EJ_THEME names no theme that the image has: collect fails, and with it every start of web.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 5, /* above web/down: a start that fails for its theme's name is down for no other reason */
     .any = LIST("theme/not-set", "theme/odd-value", "theme/unknown"),
     .explains =
         LIST("nginx/bad-gateway", "django/unreachable", "theme/css-wrong-theme", "theme/css-empty", "theme/css-unknown",
              "theme/assets-wrong-theme", "theme/mixed-assets", "theme/process-differs", "theme/container-differs", "frame/", "login/"),
     .refused = REFUSED(REFUSE_BOTH("it looks for main-<EJ_THEME>.min.css, which does not exist, and empties its scratch main.css first"),
                        REFUSE_RESTART),
     .by_hand =
         LIST(LOOK_AT_ENV, "docker-compose exec web ls lib/build/css", "# in config.env: EJ_THEME=<a theme's bare name>; then", RECREATE),
     .explain = {.title = "EJ_THEME is not a theme's name",
                 .meaning = "The site is down, or will be at the next start of web.",
                 .why = "Empty, quoted, with a slash or a blank, or a name that the image lacks.",
                 .heals = "Correct config.env, re-create web.",
                 .refs = LIST("ej F05", "ej F06", "ej F07", "ej F08", "ej F26")}},
    {.code = "theme/not-recreated",
     .summary = "config.env names another theme than the one that the web container was created with.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 6,
     .all = LIST("theme/container-differs"),
     .explains =
         LIST("theme/css-wrong-theme", "theme/assets-wrong-theme", "theme/mixed-assets", "theme/process-differs", "theme/assets-missing"),
     .refused = REFUSED(REFUSE_BOTH("it collects for the theme that the container was created with"), REFUSE_RESTART),
     .by_hand = LIST(LOOK_AT_ENV, RECREATE, "docker-compose exec web python manage.py collectstatic --noinput --clear"),
     .explain = {.title = "web was not re-created after EJ_THEME was changed",
                 .meaning = "Visitors see the former theme.",
                 .why = "An environment is read when a container is created; docker restart keeps it.",
                 .heals = "Re-create web; then a clear-collect for the images.",
                 .refs = LIST("ej F03", "ej F04", "ej W2", "guide \"Troubleshooting\"")}},
    {.code = "theme/wrong-environment",
     .summary = "The web process and the collected CSS agree on another theme than the wanted one: EJ_THEME in the container is wrong.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 5,
     .all = LIST("theme/css-wrong-theme", "theme/process-differs"),
     .explains = LIST("theme/assets-wrong-theme", "theme/mixed-assets", "theme/assets-missing", "theme/files-stale"),
     .refused = REFUSED(
         REFUSE_BOTH(
             "the container collects for its own EJ_THEME; the pages would keep their theme, and the next start brings back the files"),
         REFUSE_RESTART),
     .by_hand = LIST(LOOK_AT_ENV, "# correct EJ_THEME in config.env, then", RECREATE, CLEAR_BY_HAND),
     .explain = {.title = "EJ_THEME in the container is not the wanted theme",
                 .meaning = "Visitors see another theme, in pages and colours alike.",
                 .why = "config.env was edited and the container only restarted, the wrong line was edited, or the wanted theme in ejmon's "
                        "configuration is wrong.",
                 .heals = "Correct config.env, re-create web, then a clear-collect.",
                 .heals_not = "Collecting first.",
                 .refs = LIST("ej F03", "ej F04", "guide \"Troubleshooting\"")}},
    {.code = "theme/process-environment",
     .summary = "The web process runs with another theme than its files have.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 4,
     .all = LIST("theme/process-differs"),
     .none = LIST("theme/css-wrong-theme"),
     .refused =
         REFUSED(REFUSE_BOTH("the files are right; the pages come from the process, which reads EJ_THEME when it starts"), REFUSE_RESTART),
     .by_hand = LIST(LOOK_AT_ENV, RECREATE),
     .explain = {.title = "The process was started under another EJ_THEME",
                 .meaning = "Texts and layout of one theme in the colours of another.",
                 .why = "The files were collected with `-e EJ_THEME=...` or by another container than the one that serves.",
                 .heals = "Re-create web with the right EJ_THEME.",
                 .refs = LIST("ej F22", "ej W15", "guide \"Troubleshooting\"")}},
    /* --- the image ------------------------------------------------------------------------------------------------------------- */
    {.code = "theme/broken-image",
     .summary = "The image's own CSS is empty: no collect can cure that.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME + 9,
     .all = LIST("theme/build-empty"),
     .explains = LIST("theme/css-empty", "theme/css-unknown", "theme/css-wrong-theme", "theme/truncated"),
     .refused = REFUSED(REFUSE_BOTH("main-<theme>.min.css has 0 bytes in the image: it would copy nothing over nothing"),
                        {"rebuild", "old images cannot be rebuilt any more with what the registries hold today; keep the ones you have"}),
     .by_hand = LIST("docker-compose exec web ls -l lib/build/css", "docker images | grep web",
                     "TAG=<the last good one> docker-compose up -d web"),
     .explain = {.title = "The image was built broken",
                 .meaning = "The pages have no style until another image runs.",
                 .why = "The CSS minifier failed during the build; the shell had already made an empty file, and the build went on.",
                 .heals = "Run the last good image.",
                 .refs = LIST("ej F10", "ej F80", "ej W6", "guide \"Troubleshooting\"")}},
    {.code = "theme/mislabelled-image",
     .summary = "The image's CSS of the wanted theme holds the other theme's colours.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME + 9,
     .all = LIST("theme/build-mislabelled"),
     .refused = REFUSED(REFUSE_BOTH("it copies the mislabelled file again")),
     .by_hand = LIST("docker-compose exec web grep -c '#30bfd3' lib/build/css/main-default.min.css",
                     "TAG=<the last good one> docker-compose up -d web"),
     .explain = {.title = "The image was built with EJ_THEME in the environment",
                 .meaning = "Visitors see another theme than the one that is named, and switching themes does not help.",
                 .why = "EJ_THEME in the environment overrides the theme that the build asks for, so two names hold one theme.",
                 .heals = "Another image.",
                 .refs = LIST("ej F11", "ej W7", "guide \"Docker-build\"", "guide \"Troubleshooting\"")}},
    {.code = "theme/script-lost",
     .summary = "The web container has lost its main.js: somebody ran the JS build in it.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME + 9,
     .all = LIST("theme/build-js-missing"),
     .explains = LIST("theme/js-missing"),
     .refused = REFUSED({"collect", "there is no script in the container to collect"},
                        {"clear-collect", "it would take the script from the volume too"},
                        {"inv js", "it deletes the script before it fails: the image has no npm"}),
     .by_hand = LIST("docker-compose exec web ls -l lib/build/js", "docker-compose up -d --force-recreate web", CLEAR_BY_HAND),
     .explain = {.title = "lib/build/js/main.js is gone from the container",
                 .meaning = "The site loses its script at the latest with the next clear-collect.",
                 .why = "`inv js` deletes main.js first, then fails.",
                 .heals = "Re-create the container: its layer is fresh then; then collect.",
                 .refs = LIST("ej F20", "ej W12")}},
    /* --- the way to the files -------------------------------------------------------------------------------------------------- */
    {.code = "theme/misrouted",
     .summary = "A proxy sends requests for static files to Django, which serves none.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME + 8,
     .all = LIST("theme/static-misrouted"),
     .explains = LIST("theme/css-missing", "theme/assets-missing", "theme/js-missing", "theme/static-empty", "theme/served-differs"),
     .refused = REFUSED(REFUSE_BOTH("the files are not the problem: the requests never reach them")),
     .by_hand = LIST("curl -si <url>/static/css/main.css | head -20", "docker-compose exec nginx nginx -T | grep -A3 static",
                     "docker-compose exec nginx nginx -s reload"),
     .explain = {.title = "/static is routed to Django",
                 .meaning = "The pages have neither style nor images.",
                 .why = "The location /static is missing in the proxy, or another rule comes before it.",
                 .heals = "Add the location with the volume's folder, reload the proxy.",
                 .refs = LIST("ej F23", "ej F27", "ej W16")}},
    {.code = "theme/not-shared",
     .summary = "The static volume is filled, but nginx serves another folder.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 8,
     .any = LIST("theme/static-not-shared", "theme/served-differs"),
     .explains = LIST("theme/css-missing", "theme/css-empty", "theme/css-wrong-theme", "theme/css-unknown", "theme/assets-missing",
                      "theme/js-missing", "theme/mixed-assets", "theme/static-empty", "theme/truncated"),
     .refused = REFUSED(REFUSE_BOTH("it fills the volume that nginx does not serve"), {"docker volume rm", "it deletes the good copy"}),
     .by_hand = LIST("docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q nginx web)",
                     "docker-compose exec nginx ls -ln /usr/share/nginx/html/static", "docker-compose up -d nginx"),
     .explain = {.title = "nginx does not serve the static volume",
                 .meaning = "No repair of the volume reaches the visitors.",
                 .why = "Other mounts in nginx than in web, another compose project, no permission, or a cache in between.",
                 .heals = "Correct the mounts and re-create nginx; purge the cache.",
                 .refs = LIST("ej F15", "ej F24", "ej W8", "ej W14")}},
    /* --- the files ------------------------------------------------------------------------------------------------------------- */
    {.code = "theme/naked",
     .summary = "The static folder was emptied, and nothing was collected since.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 7,
     .all = LIST("theme/static-empty"),
     .explains = LIST("theme/css-missing", "theme/assets-missing", "theme/js-missing"),
     .plan = LIST("collect", "clear-collect"),
     .refused =
         REFUSED(REFUSE_PLAIN, {"docker volume rm", "the volume is empty already; removing it while mounted breaks both containers"}),
     .by_hand = LIST("docker-compose exec web ls local/static", "docker-compose exec web inv collect"),
     .explain = {.title = "There are no static files",
                 .meaning = "Neither style, images nor scripts.",
                 .why = "`rm -r local/static/*` without the collect that belongs to it.",
                 .heals = "`inv collect`: what is missing is copied, and the CSS is made for the right theme.",
                 .heals_not = "Plain collectstatic alone.",
                 .refs = LIST("ej F13", "ej W10", "guide \"Troubleshooting\"")}},
    {.code = "theme/empty-css-collect",
     .summary = "A failed collect left an empty main.css, and a plain collectstatic published it.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 6,
     .all = LIST("theme/css-empty"),
     .none = LIST("theme/build-empty"),
     .plan = LIST("collect", "clear-collect"),
     .refused = REFUSED(REFUSE_PLAIN, {"restart web", "it collects too, but takes the site down for it"}),
     .by_hand = LIST("docker-compose exec web ls -l lib/build/css", "docker-compose exec web inv collect"),
     .explain =
         {.title = "main.css was emptied by a failed collect",
          .meaning =
              "The pages have no style.",
          .why = "collect empties lib/build/css/main.css before it opens the theme's file; with an unknown theme it stops there. The next "
                 "plain collectstatic "
                 "copies the empty file.",
          .heals = "`inv collect` with a right EJ_THEME.",
          .heals_not = "Plain collectstatic.",
          .refs = LIST("ej F09", "guide \"Troubleshooting\"")}},
    {.code = "theme/partial-copy",
     .summary = "A collect was cut off while it copied: files on the volume are shorter than their sources.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 5,
     .all = LIST("theme/truncated"),
     .none = LIST("theme/build-empty"),
     .explains = LIST("theme/assets-missing", "theme/css-unknown"),
     .plan = LIST("clear-collect"),
     .refused =
         REFUSED({"collect", "skips files that look unmodified: a copy that was cut short is newer than its source (the mtime rule)"},
                 REFUSE_RESTART),
     .by_hand = LIST("df -h; df -i    # a full disk cuts files: free space before anything else", CLEAR_BY_HAND),
     .explain = {.title = "Files were copied in part",
                 .meaning = "Half a style, script or image.",
                 .why = "A full disk, or a killed collect.",
                 .heals = "Space, if it is short; then a clear-collect.",
                 .heals_not = "collect: it skips them. --clear on a full disk: it loses the good copies too.",
                 .refs = LIST("ej F17", "ej F18", "ej W11")}},
    {.code = "theme/not-collected",
     .summary = "Nothing was collected since the theme was changed: CSS and images are both of the former theme.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 4,
     .all = LIST("theme/css-wrong-theme", "theme/assets-wrong-theme"),
     .none = LIST("theme/process-differs"),
     .explains = LIST("theme/mixed-assets", "theme/files-stale", "theme/assets-missing"),
     .plan = LIST("clear-collect"),
     .refused = REFUSED(
         {"collect", "renews the CSS only: images and manifest look unmodified, their sources are older than the copies (the mtime rule)"},
         REFUSE_PLAIN, REFUSE_RESTART),
     .by_hand = LIST(LOOK_AT_ENV, CLEAR_BY_HAND),
     .explain = {.title = "The wanted theme was never collected",
                 .meaning = "Visitors see the former theme.",
                 .why = "EJ_THEME was changed and the collect that belongs to it did not run, or failed.",
                 .heals = "A clear-collect in the web container, whose EJ_THEME is right.",
                 .refs = LIST("ej F01", "ej F02", "guide \"Troubleshooting\"")}},
    {.code = "theme/stale-volume",
     .summary = "The static volume keeps files of another theme or image, which collect takes for unmodified.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME + 3,
     .any = LIST("theme/mixed-assets", "theme/js-stale", "theme/files-stale", "theme/css-unknown"),
     .none = LIST("theme/css-wrong-theme"),
     .explains = LIST("theme/assets-missing"),
     .plan = LIST("clear-collect"),
     .refused = REFUSED(REFUSE_COLLECT_MTIME, REFUSE_RESTART, {"docker volume rm", "the site stays naked until a collect has finished"}),
     .by_hand =
         LIST("docker-compose exec web ls -l --time-style=full-iso local/static/manifest.json lib/assets/manifest.json", CLEAR_BY_HAND),
     .explain = {.title = "The volume is older than what runs",
                 .meaning = "One theme's colours with another theme's images, or new pages with old scripts.",
                 .why =
                     "The theme was switched, or an older image deployed, on a used volume. Every start collects, and every time skips all "
                     "files whose sources are "
                     "older than the copies.",
                 .heals = "A clear-collect.",
                 .heals_not = "collect, plain collectstatic or a restart: measured, they change nothing.",
                 .refs = LIST("ej F01", "ej F19", "ej W3", "ej W13", "guide \"Troubleshooting\"")}},
    {.code = "theme/css-not-collected",
     .summary = "The CSS was not collected since the theme was changed, or only with plain collectstatic.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 2,
     .all = LIST("theme/css-wrong-theme"),
     .none = LIST("theme/process-differs", "theme/assets-wrong-theme"),
     .explains = LIST("theme/mixed-assets", "theme/assets-missing"),
     .plan = LIST("collect", "clear-collect"),
     .refused = REFUSED(REFUSE_PLAIN, {"inv collect --theme default", "the flag is ignored while EJ_THEME says something else"}),
     .by_hand = LIST(LOOK_AT_ENV, "docker-compose exec web inv collect"),
     .explain = {.title = "main.css is of another theme",
                 .meaning = "The wanted theme's pages and images in another theme's colours.",
                 .why = "Plain collectstatic after an emptied folder, a collect under another EJ_THEME, or none at all.",
                 .heals = "`inv collect` in the web container.",
                 .refs = LIST("ej F02", "ej F12", "ej F14", "guide \"Troubleshooting\"")}},
    {.code = "theme/files-lost",
     .summary = "Static files are missing on the volume.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_THEME + 1,
     .any = LIST("theme/css-missing", "theme/assets-missing", "theme/js-missing"),
     .none = LIST("theme/static-empty"),
     .plan = LIST("collect", "clear-collect"),
     .refused = REFUSED(REFUSE_PLAIN),
     .by_hand = LIST("docker-compose exec web ls -l local/static/css local/static/js lib/build/js", "docker-compose exec web inv collect"),
     .explain = {.title = "Static files were lost",
                 .meaning = "No style, no scripts or broken images.",
                 .why = "Files were deleted, or a collect was interrupted.",
                 .heals = "`inv collect`: a missing file is copied, whatever its time.",
                 .refs = LIST("ej F13", "ej F20", "guide \"Troubleshooting\"")}},
    {.code = NULL},
};
