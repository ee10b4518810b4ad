/* The keys of stack:; see stack.h. */
#include "conf/stack.h"

#include "checks/option_sets.h"

#include "monitor/base/lang.h"

/* In the order that conf show prints them; a default may use keys above it. */
const struct option stack_options[] = {
    {OPTION(struct stack, env_file, PATH, NULL, "EJ's own config.env: what it says is the default of the keys below.")},
    {OPTION(struct stack, site, URL, "http://nginx", "The site as people type it, through nginx and whatever stands before it.")},
    {OPTION(struct stack, web, URL, "http://web:8000", "The Django container itself.")},
    {OPTION(struct stack, host, STRING, NULL, "A Host header that the site accepts, when the address is not its name.")},
    {OPTION(struct stack, cacert, FILE, NULL,
            "PEM file of the authorities that are trusted for the site instead of the system's: a private one.")},
    {OPTION(struct stack, theme, STRING, NULL, "The theme that is wanted; EJ_THEME of the env file by default.")},
    {OPTION(struct stack, generation, CHOICE, "auto",
            "EJ's generation (2019-07: A, to 2022-04: B, later: C); auto: as what it answers and holds tells."),
     .choices = generation_choices},
    {OPTION(struct stack, postgres, DSN, NULL, "PostgreSQL as postgresql://user@host/database; from DJANGO_DB_URL by default.")},
    {OPTION(struct stack, mongo, DSN, NULL, "Rocket.Chat's MongoDB as mongodb://host:27017/rocketchat.")},
    {OPTION(struct stack, rocketchat, ORIGIN, NULL, "Rocket.Chat's origin as its users' browsers see it; EJ_ROCKETCHAT_URL by default.")},
    {OPTION(struct stack, layout, FILE, NULL,
            "A folder of versioned files of Rocket.Chat's pages: Layout_Home_Body.html, theme-custom-css.css, ...")},
    {OPTION(struct stack, static_root, FILE, NULL, "The static volume, when it is mounted where ejmon runs.")},
    {OPTION(struct stack, app_root, PATH, "/app", "EJ's folder inside of the web container.")},
    {OPTION(struct stack, docker, SOCKET, NULL, "The Docker Engine's socket as unix:///var/run/docker.sock; used when it is there.")},
    {OPTION(struct stack, project, STRING, NULL, "The compose project, when the engine runs several stacks.")},
    {OPTION(struct stack, web_service, STRING, "web", "The compose service of Django.")},
    {OPTION(struct stack, nginx_service, STRING, "nginx", "The compose service of nginx.")},
    {OPTION(struct stack, web_command, COMMAND, NULL,
            "What to put before a command to run it beside Django, instead of Docker's exec: [env] for this machine.")},
    {OPTION(struct stack, nginx_command, COMMAND, NULL, "The same for nginx.")},
    {OPTION(struct stack, web_log, FILE, NULL, "The file that has what web prints, where its log is not read from the Docker Engine.")},
    {OPTION(struct stack, nginx_log, FILE, NULL, "The same for nginx: its error log.")},
    {OPTION(struct stack, postgres_log, FILE, NULL, "The same for PostgreSQL.")},
    {OPTION(struct stack, mongo_log, FILE, NULL, "The same for MongoDB.")},
    {OPTION(struct stack, rocketchat_log, FILE, NULL, "The same for Rocket.Chat.")},
    {OPTION(struct stack, nginx_include, PATH, NULL, "The file of nginx that ejmon may write: the marked include.")},
    {OPTION(struct stack, nginx_upstream, URL, "{web}", "What nginx passes requests on to.")},
};
const size_t stack_option_count = countof(stack_options);
