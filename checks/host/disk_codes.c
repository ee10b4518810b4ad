/* The findings of the disk check, each with its explanation. Text only. */
#include "checks/host/disk_codes.h"

#define LOOK_AT_SPACE "df -h; df -i\ndocker system df\ndocker-compose exec web du -sh local/logs local/static"

const struct code DISK_SPACE_FULL = {
    .name = "disk/space-full",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "The disk under EJ's files is full",
        .meaning = "The next collect cuts static files short, uploads fail, and a database on the same disk may stop.",
        .looks = "Less than `space_full` bytes are free (without the key: 64 MB, or a hundredth of a small volume).",
        .why = "Mostly EJ's own debug.log, which nothing rotates; or old images and containers.",
        .heals = "Free space first; then look at the static files.",
        .heals_not =
            "`collectstatic --clear`: it deletes the good copies before it finds no room for new ones. Restarting web: its start collects.",
        .by_hand = LOOK_AT_SPACE,
        .refs = REFS("ej F17", "ej F84"),
    }};

const struct code DISK_INODES_FULL = {
    .name = "disk/inodes-full",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "The disk under EJ's files has no inodes left",
        .meaning = "No file can be made, although there is space: collect, uploads and a database on the same disk fail.",
        .looks = "Fewer than `inodes` are free (default 2000; EJ's static files need about 340).",
        .why = "Very many small files: old containers and layers, a session or mail spool, somebody's cache.",
        .heals = "Delete what made them; then look at the static files.",
        .heals_not = "Freeing space by deleting one large file.",
        .by_hand = "df -i\ndocker system df",
        .refs = REFS("ej F17"),
    }};

const struct code DISK_SPACE_LOW = {
    .name = "disk/space-low",
    .severity = SEVERITY_WARNING,
    .layer = "volume",
    .explain = {
        .title = "The disk under EJ's files is filling up",
        .meaning = "Nothing fails yet.",
        .looks = "Less than `space_low` bytes are free (without the key: 512 MB, or a tenth of a small volume).",
        .why = "Mostly EJ's own debug.log, which nothing rotates; or old images and containers.",
        .heals = "Free space: empty debug.log, remove unused images (but keep EJ's: they cannot be built again).",
        .heals_not = "`docker image prune -a`: it takes the images that cannot be rebuilt.",
        .by_hand = LOOK_AT_SPACE,
        .refs = REFS("ej F17", "ej F84", "ej F80"),
    }};

const struct code DISK_STATIC_NOT_WRITABLE = {
    .name = "disk/static-not-writable",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "web may not write to its static folder",
        .meaning = "The next start of web ends in collectstatic's PermissionError and loops: the site is down (502).",
        .looks = "The static root, or a folder in it, is not writable for the user that web runs as (1000 in EJ's images).",
        .why = "A bind mount that belongs to root instead of the named volume; a read-only mount; or somebody collected as root.",
        .heals = "Give the folder to web's user: chown -R 1000:1000; or go back to the named volume.",
        .heals_not =
            "chmod 777: anybody on the machine may then change what visitors get. Running web as root. Restarting web: it does not come up.",
        .by_hand = "docker-compose exec web sh -c 'id -u; ls -ldn local/static local/static/*'\n"
                   "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q web)\nchown -R 1000:1000 <the folder on the host>",
        .refs = REFS("ej F16", "ej W9"),
    }};

const struct code DISK_LOG_LARGE = {
    .name = "disk/log-large",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "EJ's debug.log is very large",
        .meaning = "It grows until the disk is full; then everything on it fails.",
        .looks = "local/logs/debug.log in web has more bytes than `log_limit`.",
        .why = "EJ logs at level DEBUG into one file that nothing rotates, in the container's own layer.",
        .heals = "Truncate it in place. Re-creating web removes it too, with the rest of the layer.",
        .heals_not = "Deleting it: the process keeps the file open, and the space stays taken until it ends.",
        .by_hand = "docker-compose exec web ls -l local/logs\ndocker-compose exec web sh -c ': > local/logs/debug.log'",
        .refs = REFS("ej F84"),
    }};

const struct code DISK_UNSEEN = {
    .name = "disk/unseen",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "Neither the static volume nor web's files could be looked at",
        .meaning = "Nothing is known about space, log and owner.",
        .looks = "web does not run, or the way into it (`docker`, `web_command`) fails, and no folder is mounted here.",
        .why = "A stopped or restarting container, no right on the Docker socket, or a disk that does not answer.",
        .heals = "Start web, or correct the way into it.",
        .by_hand = "docker-compose ps web\ndocker-compose exec web df -h local/static",
        .refs = REFS("ej F17", "ej F84"),
    }};
