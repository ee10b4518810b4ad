/* Causes that only the Docker Engine tells: memory limits, and one static folder in two stacks. Data only. The states of containers are
 * explained by the causes of rules_web.c, rules_database.c, rules_rocket.c and rules_logs.c. */
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
#define RANK_BELOW_WEB (RANK_NGINX + 50)

const struct rule rules_containers[] = {
    {.code = "web/memory-limit",
     .summary = "The kernel kills a container of the stack for want of memory.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 12, /* whatever else fails, fails because of it */
     .all = LIST("containers/out-of-memory"),
     .explains = LIST("containers/web-down", "containers/nginx-down", "containers/postgres-down", "containers/mongo-down",
                      "containers/rocketchat-down", "logs/worker-killed", "logs/worker-timeout", "logs/upstream-refused",
                      "logs/rocketchat-no-mongo", "nginx/bad-gateway", "nginx/gateway-timeout", "nginx/unreachable", "django/unreachable",
                      "django/server-error", "django/hung", "db/unreachable", "mongo/unreachable", "rocket/unreachable",
                      "rocket/server-error", "frame/", "login/"),
     .refused = REFUSED({"restart web", "it fills again"}, {"collect", "no file is at fault"}),
     .by_hand = LIST("docker ps -a", "docker stats --no-stream", "docker inspect -f '{{.HostConfig.Memory}}' <container>",
                     "# a higher mem_limit in the compose file, fewer workers, or a larger machine; then", "docker-compose up -d"),
     .explain = {.title = "A container has too little memory",
                 .meaning = "The service is down, or comes and goes.",
                 .why = "Its limit is too small for it, or the machine is; each worker of web loads pandas and sklearn.",
                 .heals = "More memory, or fewer workers.",
                 .heals_not = "Starting it again.",
                 .refs = LIST("ej F28", "ej F35")}},
    {.code = "theme/two-projects",
     .summary = "Two stacks share one static folder: each start of one turns over the other's files.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 8,
     .all = LIST("containers/static-two-projects"),
     .explains = LIST("theme/mixed-assets", "theme/css-wrong-theme", "theme/assets-wrong-theme", "theme/css-unknown", "theme/files-stale",
                      "theme/js-stale", "theme/collected-elsewhere", "theme/volume-flips"),
     .refused = REFUSED({"collect", "the other stack's next start undoes it, and so it goes to and fro"},
                        {"clear-collect", "it breaks the other stack's site, whose next start breaks this one"},
                        {"docker volume rm", "both sites stay naked until each has collected"}),
     .by_hand = LIST("docker volume ls", "docker ps -a --filter volume=<name> --format '{{.Names}}'",
                     "# a volume of its own in one of the two compose files; then there", "docker-compose up -d",
                     "docker-compose exec web inv collect"),
     .explain = {.title = "One static folder for two stacks",
                 .meaning = "Visitors see now one theme, now another, or a mixture.",
                 .why = "A copied compose file with fixed or external volume names, or one folder of the host for two stacks.",
                 .heals = "A volume of its own for each stack.",
                 .heals_not = "Collecting again and again.",
                 .refs = LIST("ej F21", "ej W18")}},
    {.code = "rocket/malformed-root-url",
     .summary = "ROOT_URL in Rocket.Chat's environment is no address: its links and its IFrame login lead nowhere.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 8,
     .all = LIST("containers/root-url"),
     .explains = LIST("rocket/root-url", "rocket/site-url"),
     .refused =
         REFUSED({"EJ_ROCKETCHAT_URL in config.env", "EJ needs the whole address there; the compose file reads the shell's variable"},
                 {"restart rocketchat", "a restart keeps the environment"}),
     .by_hand = LIST("echo $EJ_ROCKETCHAT_URL    # in the shell that runs docker-compose: a bare host, or unset",
                     "# or write ROOT_URL=https://<chat> into docker-compose.rocket.yml; then",
                     "docker-compose -f docker-compose.rocket.yml up -d rocketchat"),
     .explain = {.title = "ROOT_URL is malformed",
                 .meaning = "Links in mails, redirects and the login through EJ do not work.",
                 .why = "docker-compose.rocket.yml puts http:// before and :3000 behind the shell's EJ_ROCKETCHAT_URL, which in config.env "
                        "is a whole address.",
                 .heals = "The right ROOT_URL, and re-creating the container.",
                 .refs = LIST("ej F78")}},
    {.code = NULL},
};
