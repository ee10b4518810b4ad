/* The findings of the env check about values that get lost or changed on their way to EJ, each with its explanation. Text only. */
#include "checks/env/env_codes.h"

#define RECREATE "docker-compose up -d web    # re-creates it: a restart does not re-read config.env"
#define BOTH_SIDES(name) "grep -n '^" name "=' config.env\ndocker-compose exec web env | grep '^" name "='"
#define DIFFERS_LOOKS \
  "config.env says one value, the environment that the container was created with (docker inspect, or env in the container) another."
#define DIFFERS_WHY                                                                                                                \
  "config.env was edited and web only restarted, which never re-reads it; or compose's own `environment:` (or a second env file) " \
  "overrides the file. The two look alike from outside: if it differs still after a re-creation, it is the override."
#define DIFFERS_HEALS "Re-create web. If the values differ still, take the variable out of `environment:` in the compose file."
#define DIFFERS_HEALS_NOT "docker restart, docker-compose restart: they keep the environment of the creation."

const struct code ENV_UNSEEN = {
    .name = "env/unseen",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "Neither config.env nor the container's environment could be looked at",
        .meaning = "Nothing is known about EJ's settings from this check; the other checks go on.",
        .looks = "The file cannot be read, and there is no way into the web container.",
        .why = "A wrong path, a file that ejmon's user may not read, one that is too long to be read whole, a socket without permission, a "
               "container that does not run.",
        .heals = "Correct stack.env_file, or give ejmon a way in: stack.docker or stack.web_command.",
        .heals_not = "Changing anything of EJ.",
        .by_hand = "ls -l config.env\nejmon conf show",
        .refs = REFS("ej section 2"),
    }};

const struct code ENV_CONTAINER_UNSEEN = {
    .name = "env/container-unseen",
    .severity = SEVERITY_INFO,
    .layer = "ejmon",
    .explain = {
        .title = "The container's environment could not be looked at; config.env alone was",
        .meaning = "What the file says is judged. Whether it reached the container is not known.",
        .looks = "The Docker Engine or the command prefix gave no environment.",
        .why = "The container does not run, has another service name, or ejmon may not ask the engine.",
        .heals = "Start web, or correct stack.docker, stack.project, stack.web_service or stack.web_command.",
        .heals_not = "Changing config.env.",
        .by_hand = "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' $(docker-compose ps -q web) | cut -d= -f1",
        .refs = REFS("ej section 2"),
    }};

const struct code ENV_DIFFERS = {
    .name = "env/differs",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The running container has other settings than config.env",
        .meaning = "EJ works with the old values. The new ones come with the next re-creation, perhaps at a moment that nobody chose.",
        .looks = DIFFERS_LOOKS,
        .why = DIFFERS_WHY,
        .heals = DIFFERS_HEALS,
        .heals_not = DIFFERS_HEALS_NOT,
        .by_hand = "docker-compose exec web env | sort    # holds secrets: do not paste it anywhere\n" RECREATE,
        .refs = REFS("ej F04", "ej F03", "ej section 2"),
    }};

const struct code ENV_THEME_DIFFERS = {
    .name = "env/theme-differs",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The running container has another EJ_THEME than config.env",
        .meaning = "The site keeps the theme that the container was created with, in pages and colours.",
        .looks = DIFFERS_LOOKS,
        .why = DIFFERS_WHY,
        .heals = DIFFERS_HEALS " Its start collects; images that stay of the former theme need a clear-collect then.",
        .heals_not = DIFFERS_HEALS_NOT " Collecting first: the container collects for its own theme.",
        .by_hand = BOTH_SIDES("EJ_THEME") "\n" RECREATE,
        .refs = REFS("ej F03", "ej F04", "ej W2"),
    }};

const struct code ENV_FRAME_DIFFERS = {
    .name = "env/frame-differs",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "config.env lets Rocket.Chat embed EJ, and the running container does not yet",
        .meaning = "Browsers refuse to show EJ's login inside Rocket.Chat until web is re-created.",
        .looks = DIFFERS_LOOKS,
        .why = DIFFERS_WHY,
        .heals = DIFFERS_HEALS,
        .heals_not = DIFFERS_HEALS_NOT,
        .by_hand = "grep -nE '^(EJ_ROCKETCHAT_(URL|API_URL|INTEGRATION)|DJANGO_C|HTTP_)' config.env\n"
                   "docker-compose exec web env | grep -E '^(EJ_ROCKETCHAT_(URL|API_URL|INTEGRATION)|DJANGO_C|HTTP_)'\n" RECREATE,
        .refs = REFS("ej F04", "ej F59"),
    }};

const struct code ENV_LOGIN_DIFFERS = {
    .name = "env/login-differs",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "config.env has what Rocket.Chat's login needs, and the running container does not yet",
        .meaning = "Nobody logs in to Rocket.Chat through EJ by the new settings until web is re-created.",
        .looks = DIFFERS_LOOKS,
        .why = DIFFERS_WHY,
        .heals = DIFFERS_HEALS,
        .heals_not = DIFFERS_HEALS_NOT,
        .by_hand = "grep -nE '^(EJ_ROCKETCHAT_(URL|INTEGRATION)|HTTP_ACCESS)' config.env\n"
                   "docker-compose exec web env | grep -E '^(EJ_ROCKETCHAT_(URL|INTEGRATION)|HTTP_ACCESS)'\n" RECREATE,
        .refs = REFS("ej F04", "ej F58"),
    }};

const struct code ENV_HOSTS_DIFFER = {
    .name = "env/hosts-differ",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The running container allows other host names than config.env",
        .meaning = "Visitors of a name that was added get 400 still; one that was taken out is still answered.",
        .looks = DIFFERS_LOOKS,
        .why = DIFFERS_WHY,
        .heals = DIFFERS_HEALS,
        .heals_not = DIFFERS_HEALS_NOT,
        .by_hand = "grep -nE '^DJANGO_(HOSTNAME|ALLOWED_HOSTS)=' config.env\n"
                   "docker-compose exec web env | grep -E '^DJANGO_(HOSTNAME|ALLOWED_HOSTS)='\n" RECREATE,
        .refs = REFS("ej F04", "ej F32"),
    }};

const struct code ENV_NAME_NOT_READ = {
    .name = "env/name-not-read",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "A variable is set under a name that EJ does not read",
        .meaning = "The setting has no effect: EJ takes its default instead, and nothing says so.",
        .looks =
            "X_FRAME_OPTIONS, CSRF_TRUSTED_ORIGINS, CONTENT_SECURITY_POLICY_FRAME_ANCESTORS, SECRET_KEY... without DJANGO_ before it, or a "
            "name misspelt by a letter or two, while the real name is not set.",
        .why = "Most of EJ's settings have the prefix DJANGO_, some have none, and its own config.env suggests some without.",
        .heals = "Write the name that EJ reads (`ejmon explain --setting NAME` tells it), and re-create web.",
        .heals_not = "docker restart; changing the value.",
        .by_hand = "ejmon explain --setting NAME\n" RECREATE,
        .refs = REFS("ej section 2", "ej F71"),
    }};

const struct code ENV_HOSTNAME_NOT_READ = {
    .name = "env/hostname-not-read",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "HOSTNAME is set, which EJ does not read; DJANGO_HOSTNAME is not",
        .meaning = "Visitors of that name get 400: EJ answers to localhost and to DJANGO_ALLOWED_HOSTS only.",
        .looks = "HOSTNAME names a host, DJANGO_HOSTNAME is not set, DJANGO_ALLOWED_HOSTS lacks the host.",
        .why = "config.env as it is shipped has HOSTNAME; EJ reads DJANGO_HOSTNAME.",
        .heals = "DJANGO_HOSTNAME=<the host>, and re-create web.",
        .heals_not = "Editing HOSTNAME; DJANGO_ALLOWED_HOSTS=*.",
        .by_hand = "grep -nE '^(DJANGO_)?(HOSTNAME|ALLOWED_HOSTS)=' config.env\n" RECREATE,
        .refs = REFS("ej F32", "ej section 2"),
    }};

const struct code ENV_FALSE_WORD = {
    .name = "env/false-word",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "EJ takes a value for false that was not meant so",
        .meaning = "The setting is off, and nothing says so.",
        .looks = "A word such as enabled, active, sim or \"true\" in quotes.",
        .why = "Only true, on, ok, y, yes, 1 (in any case) and numbers other than 0 are true; every other word is false, silently.",
        .heals = "Write true or false, and re-create web.",
        .heals_not = "docker restart.",
        .by_hand = RECREATE,
        .refs = REFS("ej section 2", "ej F58"),
    }};

const struct code ENV_LIST_BLANKS = {.name = "env/list-blanks",
                                     .severity = SEVERITY_WARNING,
                                     .layer = "settings",
                                     .explain = {
                                         .title = "A list has blanks around its items",
                                         .meaning = "The items with a blank match nothing, as if they were not there.",
                                         .looks = "NAME=a, b instead of NAME=a,b.",
                                         .why = "EJ splits at the commas and trims nothing.",
                                         .heals = "Take the blanks out and re-create web.",
                                         .heals_not = "Quotes around the list; docker restart.",
                                         .by_hand = "grep -n ', ' config.env\n" RECREATE,
                                         .refs = REFS("ej F34", "ej section 2"),
                                     }};

const struct code ENV_HOSTS_BLANKS = {.name = "env/hosts-blanks",
                                      .severity = SEVERITY_WARNING,
                                      .layer = "settings",
                                      .explain = {
                                          .title = "DJANGO_ALLOWED_HOSTS has blanks around its items",
                                          .meaning = "Visitors of the hosts behind a blank get 400.",
                                          .looks = "DJANGO_ALLOWED_HOSTS=a.org, b.org instead of a.org,b.org.",
                                          .why = "EJ splits at the commas and trims nothing: ' b.org' is no host's name.",
                                          .heals = "Take the blanks out and re-create web.",
                                          .heals_not = "DJANGO_ALLOWED_HOSTS=*; docker restart.",
                                          .by_hand = BOTH_SIDES("DJANGO_ALLOWED_HOSTS") "\n" RECREATE,
                                          .refs = REFS("ej F34"),
                                      }};

const struct code ENV_QUOTES_KEPT = {
    .name = "env/quotes-kept",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "A value reaches EJ with its quotes",
        .meaning = "The quotes are a part of the value: a host, an address or a path with quotes matches nothing.",
        .looks = "NAME=\"value\" in config.env, and the container has the quotes too.",
        .why = "docker run --env-file and Compose before 1.26 pass quotes on; EJ takes none off. Newer Compose does.",
        .heals = "Write the value without quotes and re-create web.",
        .heals_not = "Other quotes; docker restart.",
        .by_hand = "grep -nE \"^[A-Z_]+=[\\\"']\" config.env\n" RECREATE,
        .refs = REFS("ej F07", "ej section 2"),
    }};

const struct code ENV_LINE_MISREAD = {
    .name = "env/line-misread",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "A line of config.env is written as for a shell",
        .meaning = "docker may refuse the line or take another name out of it: EJ works with its default then.",
        .looks = "`export NAME=value`, or a blank before the '='; and ejmon cannot look into the container, which would tell.",
        .why = "The file was written to be sourced by a shell. Newer Compose takes `export`, docker run and older Compose do not.",
        .heals = "Write NAME=value, without anything before and between, and re-create web.",
        .by_hand = "grep -nE '^ *export |^[A-Za-z_]+ +=' config.env | cut -d= -f1\n" RECREATE,
        .refs = REFS("ej section 2"),
    }};

const struct code ENV_INDIRECTION = {
    .name = "env/indirection",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "A value begins with $ and leads nowhere",
        .meaning = "EJ takes the variable for not set and uses its default; when it leads back to itself, EJ does not start.",
        .looks = "NAME=$OTHER, and OTHER is not set in the container, or leads back to NAME.",
        .why = "EJ reads $OTHER as \"the value of OTHER\". A password or key that happens to begin with $ gets lost the same way.",
        .heals = "Write the value itself, without a $ at its beginning, and re-create web.",
        .heals_not = "Quotes, $$, or a backslash: EJ takes every $ at the beginning off and looks for the rest.",
        .by_hand = "grep -nE '^[A-Z_]+=[$]' config.env | cut -d= -f1\n" RECREATE,
        .refs = REFS("ej section 2", "ej F40"),
    }};

const struct code ENV_THEME_VALUE = {
    .name = "env/theme-value",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ_THEME cannot be a theme's name",
        .meaning = "Web does not start with it, or will not at its next start: collect fails, 502 for everybody.",
        .looks = "An empty value, quotes, a slash, a blank, or a $ that leads nowhere.",
        .why = "EJ strips no quotes and no blanks; a slash ends in a TypeError although the documentation speaks of paths.",
        .heals = "Write the bare name, EJ_THEME=cpa, or delete the line; then re-create web.",
        .heals_not = "Collecting or restarting: the next start takes the same value.",
        .by_hand = BOTH_SIDES("EJ_THEME") "\n" RECREATE,
        .refs = REFS("ej F05", "ej F07", "ej F08", "ej W1"),
    }};
