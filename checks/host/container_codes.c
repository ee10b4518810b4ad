/* The findings of the containers check, each with its explanation. Text only. */
#include "checks/host/container_codes.h"

const struct code CONTAINERS_WEB_DOWN = {
    .name = "containers/web-down",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The container of web does not run",
        .meaning = "No page of EJ comes; files under /static still do.",
        .looks =
            "Its state in the Docker Engine is exited, created, dead, paused or restarting, or it runs for seconds only and was restarted several times.",
        .why =
            "It was stopped or paused, or its start fails: each start collects the static files, migrates and loads the settings, and `restart: always` tries again for ever.",
        .heals = "What its log names, then `up -d web`.",
        .heals_not = "Restarting it more often. exec: nothing can be run in a container that does not run.",
        .by_hand = "docker-compose ps -a\n"
                   "docker-compose logs --tail=100 web\n"
                   "docker inspect -f '{{json .State}}' $(docker-compose ps -q web)\n"
                   "docker-compose up -d web",
        .refs = REFS("ej F28", "ej section 1"),
    }};

const struct code CONTAINERS_NGINX_DOWN = {
    .name = "containers/nginx-down",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "The container of nginx does not run",
        .meaning = "Visitors get a connection error.",
        .looks =
            "Its state in the Docker Engine is exited, created, dead, paused or restarting, or it runs for seconds only and was restarted several times.",
        .why =
            "It was stopped or paused, web had no address when it started (\"host not found in upstream\"), or another program has port 80.",
        .heals = "Starting web first, then nginx; or freeing the port.",
        .heals_not = "Restarting web.",
        .by_hand = "docker-compose ps -a\n"
                   "docker-compose logs --tail=100 nginx\n"
                   "docker inspect -f '{{json .State}}' $(docker-compose ps -q nginx)\n"
                   "docker-compose up -d nginx",
        .refs = REFS("ej F30", "ej F31"),
    }};

const struct code CONTAINERS_POSTGRES_DOWN = {
    .name = "containers/postgres-down",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "The container of PostgreSQL does not run",
        .meaning = "Every page that needs the database fails.",
        .looks =
            "Its state in the Docker Engine is exited, created, dead, paused or restarting, or it runs for seconds only and was restarted several times.",
        .why = "It was stopped or paused, the disk is full, or the image's version does not fit the volume.",
        .heals = "What its log names, then `up -d postgres`.",
        .heals_not = "Restarting web; `down -v`.",
        .by_hand = "docker-compose ps -a\n"
                   "docker-compose logs --tail=100 postgres\n"
                   "docker inspect -f '{{json .State}}' $(docker-compose ps -q postgres)\n"
                   "docker-compose up -d postgres",
        .refs = REFS("ej F43"),
    }};

const struct code CONTAINERS_MONGO_DOWN = {
    .name = "containers/mongo-down",
    .severity = SEVERITY_CRITICAL,
    .layer = "mongo",
    .explain = {
        .title = "The container of MongoDB does not run",
        .meaning = "The chat is down. EJ itself works on.",
        .looks =
            "Its state in the Docker Engine is exited, created, dead, paused or restarting, or it runs for seconds only and was restarted several times.",
        .why = "It was stopped or paused, the disk is full, or an image that is not pinned no longer knows --smallfiles.",
        .heals = "What its log names, then `up -d mongo`.",
        .heals_not = "Restarting Rocket.Chat; deleting the volume.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml ps -a\n"
                   "docker-compose -f docker-compose.rocket.yml logs --tail=100 mongo\n"
                   "docker inspect -f '{{json .State}}' $(docker-compose -f docker-compose.rocket.yml ps -q mongo)\n"
                   "docker-compose -f docker-compose.rocket.yml up -d mongo",
        .refs = REFS("ej F77", "rocket 6.3"),
    }};

const struct code CONTAINERS_ROCKETCHAT_DOWN = {
    .name = "containers/rocketchat-down",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "The container of Rocket.Chat does not run",
        .meaning = "The chat is down. EJ itself works on.",
        .looks =
            "Its state in the Docker Engine is exited, created, dead, paused or restarting, or it runs for seconds only and was restarted several times.",
        .why = "It was stopped or paused, or it ends for want of MongoDB or of a replica set.",
        .heals = "What its log names, then `up -d rocketchat`.",
        .heals_not = "Restarting web.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml ps -a\n"
                   "docker-compose -f docker-compose.rocket.yml logs --tail=100 rocketchat\n"
                   "docker inspect -f '{{json .State}}' $(docker-compose -f docker-compose.rocket.yml ps -q rocketchat)\n"
                   "docker-compose -f docker-compose.rocket.yml up -d rocketchat",
        .refs = REFS("ej F77", "rocket 6.3"),
    }};

const struct code CONTAINERS_OUT_OF_MEMORY = {.name = "containers/out-of-memory",
                                              .severity = SEVERITY_CRITICAL,
                                              .layer = "web",
                                              .explain = {
                                                  .title = "The kernel killed a container for want of memory",
                                                  .meaning = "The service is down, or was until Docker started it again.",
                                                  .looks = "OOMKilled in the Docker Engine's state, exit code 137.",
                                                  .why = "A memory limit that is too small for it, or a machine without memory left.",
                                                  .heals = "More memory, a higher limit, or fewer workers.",
                                                  .heals_not = "Starting it again: it fills again.",
                                                  .by_hand = "docker stats --no-stream\n"
                                                             "dmesg -T | grep -i oom | tail\n"
                                                             "docker inspect -f '{{.HostConfig.Memory}}' <container>",
                                                  .refs = REFS("ej F35", "ej F28"),
                                              }};

const struct code CONTAINERS_STATIC_NOT_SHARED = {
    .name = "containers/static-not-shared",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "nginx and web do not have the same static folder",
        .meaning = "What is collected never reaches the visitors: styles, images and scripts are missing or of another time.",
        .looks = "The mounts of the two containers come from different places, or one of them has none there.",
        .why = "A changed compose file, a container of another project, or only one of the two re-created.",
        .heals = "The same named volume in both, and re-creating them.",
        .heals_not = "Collecting again: it fills the folder that nginx does not serve.",
        .by_hand = "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q nginx web)\n"
                   "docker-compose config | grep -A4 volumes\n"
                   "docker-compose up -d",
        .refs = REFS("ej F15", "ej W8"),
    }};

const struct code CONTAINERS_STATIC_TWO_PROJECTS = {
    .name = "containers/static-two-projects",
    .severity = SEVERITY_WARNING,
    .layer = "volume",
    .explain = {
        .title = "Two stacks share one static folder",
        .meaning = "Each start of one of them turns the other's site over to its own theme and files.",
        .looks = "A container of another compose project mounts the same volume or folder.",
        .why = "A copied compose file with `external` or fixed volume names, or one folder of the host for two stacks.",
        .heals = "A volume of its own for each stack.",
        .heals_not = "Healing again and again: the other stack's next start undoes it.",
        .by_hand = "docker ps -a --filter volume=<name> --format '{{.Names}}'\n"
                   "docker volume ls",
        .refs = REFS("ej F21", "ej W18"),
    }};

const struct code CONTAINERS_STATIC_BIND = {
    .name = "containers/static-bind",
    .severity = SEVERITY_INFO,
    .layer = "volume",
    .explain = {
        .title = "The static folder is a folder of the host",
        .meaning = "Nothing while it belongs to user 1000.",
        .looks = "A bind mount instead of a named volume at web's static folder.",
        .why = "A named volume is filled from the image at first, owner included; a folder of the host is not, and mostly belongs to root.",
        .heals = "chown -R 1000:1000 on it, or a named volume.",
        .heals_not = "chmod 777.",
        .by_hand = "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q web)\n"
                   "ls -ldn <source>",
        .refs = REFS("ej F16", "ej W9"),
    }};

const struct code CONTAINERS_PORT_PUBLISHED = {
    .name = "containers/port-published",
    .severity = SEVERITY_WARNING,
    .layer = "network",
    .explain = {
        .title = "A database is open to the network",
        .meaning = "Anybody who reaches the machine can try passwords; MongoDB of EJ's compose file asks for none.",
        .looks = "Port 5432 or 27017 is published on all addresses of the machine. Docker publishes past ufw and firewalld.",
        .why = "docker-compose.rocket.yml publishes 27017, docker-compose.local.yml 5432; neither is needed by EJ.",
        .heals = "Taking `ports:` out, or 127.0.0.1 before it; then re-creating the container.",
        .heals_not = "A rule of ufw: Docker's own rules come first.",
        .by_hand = "docker-compose ps\n"
                   "ss -ltnp\n"
                   "# ports: [\"127.0.0.1:27017:27017\"]",
        .refs = REFS("ej D7"),
    }};

const struct code CONTAINERS_MONGO_UNPINNED = {
    .name = "containers/mongo-unpinned",
    .severity = SEVERITY_WARNING,
    .layer = "mongo",
    .explain = {
        .title = "MongoDB's image has no fixed version",
        .meaning = "The chat works now. The next pull or build brings a version that ends at --smallfiles, or cannot read the volume.",
        .looks = "The image is mongo, mongo:latest, or EJ's own, which is built from mongo:latest.",
        .why = "EJ's Dockerfile and compose file name no version; MongoDB upgrades its files one major version at a time only.",
        .heals = "The version that runs now, written into the compose file (mongo:4.0).",
        .heals_not = "Pulling or building it again to see whether it still works.",
        .by_hand = "docker-compose -f docker-compose.rocket.yml exec mongo mongod --version\n"
                   "docker image inspect -f '{{.RepoDigests}}' mongo",
        .refs = REFS("ej F77", "ej F80"),
    }};

const struct code CONTAINERS_ROOT_URL = {
    .name = "containers/root-url",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat's ROOT_URL is no address",
        .meaning = "Links, redirects and the IFrame login of Rocket.Chat lead nowhere.",
        .looks = "ROOT_URL such as http://https://chat.example.org:3000.",
        .why =
            "docker-compose.rocket.yml puts http:// before and :3000 behind EJ_ROCKETCHAT_URL of the shell: there it has to be a bare host, in config.env a whole address.",
        .heals = "ROOT_URL=https://<chat> in the compose file, and re-creating rocketchat.",
        .heals_not = "Changing EJ_ROCKETCHAT_URL in config.env: EJ needs the whole address there.",
        .by_hand = "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' <container> | grep ROOT_URL\n"
                   "# unset EJ_ROCKETCHAT_URL in the shell, or correct ROOT_URL in the compose file; then\n"
                   "docker-compose -f docker-compose.rocket.yml up -d rocketchat",
        .refs = REFS("ej F78"),
    }};

const struct code CONTAINERS_SETTING_PINNED = {
    .name = "containers/setting-pinned",
    .severity = SEVERITY_INFO,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat's environment pins settings of the IFrame login",
        .meaning = "Nothing while the values are right. Changed in the administration, they flip back at the next restart.",
        .looks = "OVERWRITE_SETTING_<id> or SETTINGS_BLOCKED in the container's environment.",
        .why = "Somebody set them up by environment, which is a good way as long as everybody knows.",
        .heals = "To change them: the compose file, and re-creating the container.",
        .heals_not = "The administration, REST, MongoDB: all hold until the next restart only.",
        .by_hand = "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' <container> | grep -e ^OVERWRITE_SETTING -e ^SETTINGS_",
        .refs = REFS("rocket 7"),
    }};

const struct code CONTAINERS_SETTING_HIDDEN = {
    .name = "containers/setting-hidden",
    .severity = SEVERITY_CRITICAL,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat hides a setting of the IFrame login from browsers",
        .meaning = "Nobody can log in through EJ: browsers do not learn of the IFrame login and show Rocket.Chat's own form.",
        .looks = "SETTINGS_HIDDEN in the container's environment names an iframe setting.",
        .why = "It was meant to keep administrators from changing it; that is what SETTINGS_BLOCKED is for.",
        .heals = "SETTINGS_BLOCKED instead, and re-creating the container.",
        .heals_not = "Changing the setting: it is right, and invisible.",
        .by_hand = "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' <container> | grep ^SETTINGS_\n"
                   "docker-compose -f docker-compose.rocket.yml up -d rocketchat",
        .refs = REFS("rocket 7"),
    }};

const struct code CONTAINERS_TOKEN_LIMIT = {
    .name = "containers/token-limit",
    .severity = SEVERITY_WARNING,
    .layer = "rocketchat",
    .explain = {
        .title = "Rocket.Chat keeps very few login tokens of each account",
        .meaning = "The token that EJ stores for an account is soon pushed out by other logins, and people are logged out.",
        .looks = "MAX_RESUME_LOGIN_TOKENS below ten; the default is 50.",
        .why = "Each login of an account, by EJ, by a phone, by a monitor, takes one.",
        .heals = "A higher number or none, and re-creating the container.",
        .by_hand = "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' <container> | grep MAX_RESUME",
        .refs = REFS("rocket 2.5"),
    }};

const struct code CONTAINERS_ONE_OFF = {
    .name = "containers/one-off",
    .severity = SEVERITY_INFO,
    .layer = "web",
    .explain = {
        .title = "A second container of web runs beside the one that serves",
        .meaning = "Nothing by itself. What is collected or built there is not in the container that serves.",
        .looks = "A container of `docker-compose run web`.",
        .why =
            "An open shell, a command that hangs, or an attempt to heal: it shares the volumes, but has its own lib/build/css. Without a command it even collects, migrates and serves once more.",
        .heals = "Ending it when it is not needed; healing by exec in the container that serves.",
        .heals_not = "Healing in it.",
        .by_hand = "docker ps --filter label=com.docker.compose.oneoff=True\n"
                   "docker-compose exec web inv collect",
        .refs = REFS("ej F83", "ej section 7"),
    }};

const struct code CONTAINERS_IMAGE_UNTAGGED = {
    .name = "containers/image-untagged",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "The image that serves has no name any more",
        .meaning = "Nothing now. `docker image prune` deletes it as soon as the container is gone, and EJ's images cannot be built again.",
        .looks = "The running container's image has neither a tag nor a digest of a registry.",
        .why = "A build or pull took the tag away, and the container was not re-created since.",
        .heals = "A tag of its own and a copy: docker tag, docker save.",
        .heals_not =
            "docker image prune; docker-compose up -d --build; docker-compose build --no-cache: the base image and npm packages are gone from their registries.",
        .by_hand = "docker tag <image id> ej/web:keep\n"
                   "docker save ej/web:keep | gzip > ej-web.tar.gz",
        .refs = REFS("ej F80", "guide \"Building images\""),
    }};

const struct code CONTAINERS_UNSEEN = {
    .name = "containers/unseen",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "The containers could not be looked at",
        .meaning = "Nothing is said about them. The other checks do not need it.",
        .why =
            "The Docker socket is not there or may not be used, the Engine does not answer, or no project of it has a service of web's name.",
        .heals = "The socket (docker of stack:), its group, the project, or web_service. Or `containers: off` under checks:.",
        .by_hand = "docker ps\n"
                   "ls -l /var/run/docker.sock",
        .refs = REFS("ej section 1"),
    }};
