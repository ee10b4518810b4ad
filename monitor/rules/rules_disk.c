/* Causes on the disks under EJ's files: full, filled by the log, not writable. Data only. */
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
#define EMPTY_LOG "docker-compose exec web sh -c ': > local/logs/debug.log'    # truncate; deleting it frees nothing while web runs"

const struct rule rules_disk[] = {
    {.code = "disk/full",
     .summary = "The disk under EJ's files is full: files are cut short as they are written.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 8,
     .any = LIST("disk/space-full", "disk/inodes-full"),
     .explains =
         LIST("disk/space-low", "disk/log-large", "theme/truncated", "theme/assets-missing", "theme/css-missing", "theme/js-missing",
              "theme/css-empty", "theme/scratch-css-empty", "theme/collected-elsewhere", "theme/partial-copy", "theme/files-lost"),
     .refused = REFUSED({"clear-collect", "--clear deletes the good copies first, and finds no room for new ones"},
                        {"collect", "what it copies onto a full disk is cut short"},
                        {"restart web", "its start collects, fails and loops: the site goes down"},
                        {"docker image prune -a", "it takes EJ's older images, which cannot be built again"}),
     .by_hand = LIST("df -h; df -i", "docker-compose exec web du -sh local/logs local/static", EMPTY_LOG,
                     "docker-compose exec web python manage.py collectstatic --noinput --clear    # once there is space"),
     .explain = {.title = "The disk is full",
                 .meaning = "Static files get cut, uploads fail, and a database on the same disk may stop.",
                 .why = "Mostly debug.log, which nothing rotates; or images and containers that nobody uses.",
                 .heals = "Space first; then a clear-collect for what was cut.",
                 .heals_not = "A clear-collect before there is space.",
                 .refs = LIST("ej F17", "ej F84", "ej W11")}},
    {.code = "disk/log-eats-disk",
     .summary = "EJ's debug.log grows without end.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME,
     .all = LIST("disk/log-large"),
     .explains = LIST("disk/space-low"),
     .refused = REFUSED({"rm debug.log", "web keeps the file open: its space stays taken until the process ends"},
                        {"restart web", "the log lives in the container's layer, and a restart keeps the layer"}),
     .by_hand = LIST("docker-compose exec web ls -l local/logs", EMPTY_LOG,
                     "# then a cron line that does the same, or a logrotate with copytruncate"),
     .explain = {.title = "debug.log eats the disk",
                 .meaning = "Nothing fails until the disk is full; then everything on it does.",
                 .why = "EJ logs at level DEBUG into one file, and nothing rotates it.",
                 .heals = "Truncate it in place, regularly.",
                 .heals_not = "Deleting it while web runs.",
                 .refs = LIST("ej F84")}},
    {.code = "disk/wrong-owner",
     .summary = "web may not write to its static folder: its next start fails at collectstatic, and loops.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 7,
     .all = LIST("disk/static-not-writable"),
     .refused = REFUSED({"collect", "collectstatic may not write there either"},
                        {"clear-collect", "it may neither write nor replace a file there"},
                        {"restart web", "its start collects, may not, and loops: the site goes down"},
                        {"chmod 777", "anybody on the machine may then change what visitors get"},
                        {"run web as root", "a hole in EJ is then a hole in the container"}),
     .by_hand = LIST("docker-compose exec web sh -c 'id -u; ls -ldn local/static local/static/*'",
                     "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q web)", "chown -R 1000:1000 <the folder on the host>"),
     .explain = {.title = "The static folder belongs to somebody else",
                 .meaning = "Nothing changes for visitors until web starts again; then the site is down.",
                 .why = "A bind mount that root made, a read-only mount, or a collect that ran as root.",
                 .heals = "chown to web's user, or the named volume.",
                 .refs = LIST("ej F16", "ej W9")}},
    {.code = NULL},
};
