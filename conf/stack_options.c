/* The keys of stack:; see stack.h. */
#include "conf/stack.h"

#include "monitor/base/lang.h"

#define KEY(member, kind, default_value, words) \
  { .key = #member, .type = kind, .offset = offsetof(struct stack, member), .fallback = default_value, .help = words }

static const char *const generations[] = {"auto", "A", "B", "C", NULL};

/* In the order that conf show prints them; a default may use keys above it. */
const struct option stack_options[] = {
    KEY(env_file, OPTION_PATH, NULL, translatable("EJ's own config.env: what it says is the default of the keys below.")),
    KEY(site, OPTION_URL, "http://nginx", translatable("The site as people type it, through nginx and whatever stands before it.")),
    KEY(web, OPTION_URL, "http://web:8000", translatable("The Django container itself.")),
    KEY(host, OPTION_STRING, NULL, translatable("A Host header that the site accepts, when the address is not its name.")),
    KEY(cacert, OPTION_FILE, NULL,
        translatable("PEM file of the authorities that are trusted for the site instead of the system's: a private one.")),
    KEY(theme, OPTION_STRING, NULL, translatable("The theme that is wanted; EJ_THEME of the env file by default.")),
    {.key = "generation",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct stack, generation),
     .choices = generations,
     .fallback = "auto",
     .help = translatable("EJ's generation (2019-07: A, to 2022-04: B, later: C); auto: as what it answers and holds tells.")},
    KEY(postgres, OPTION_DSN, NULL, translatable("PostgreSQL as postgresql://user@host/database; from DJANGO_DB_URL by default.")),
    KEY(mongo, OPTION_DSN, NULL, translatable("Rocket.Chat's MongoDB as mongodb://host:27017/rocketchat.")),
    KEY(rocketchat, OPTION_ORIGIN, NULL, translatable("Rocket.Chat's origin as its users' browsers see it; EJ_ROCKETCHAT_URL by default.")),
    KEY(layout, OPTION_FILE, NULL,
        translatable("A folder of versioned files of Rocket.Chat's pages: Layout_Home_Body.html, theme-custom-css.css, ...")),
    KEY(static_root, OPTION_FILE, NULL, translatable("The static volume, when it is mounted where ejmon runs.")),
    KEY(app_root, OPTION_PATH, "/app", translatable("EJ's folder inside of the web container.")),
    KEY(docker, OPTION_STRING, NULL, translatable("The Docker Engine's socket as unix:///var/run/docker.sock; used when it is there.")),
    KEY(project, OPTION_STRING, NULL, translatable("The compose project, when the engine runs several stacks.")),
    KEY(web_service, OPTION_STRING, "web", translatable("The compose service of Django.")),
    KEY(nginx_service, OPTION_STRING, "nginx", translatable("The compose service of nginx.")),
    KEY(web_command, OPTION_COMMAND, NULL,
        translatable("What to put before a command to run it beside Django, instead of Docker's exec: [env] for this machine.")),
    KEY(nginx_command, OPTION_COMMAND, NULL, translatable("The same for nginx.")),
    KEY(web_log, OPTION_FILE, NULL, translatable("The file that has what web prints, where its log is not read from the Docker Engine.")),
    KEY(nginx_log, OPTION_FILE, NULL, translatable("The same for nginx: its error log.")),
    KEY(postgres_log, OPTION_FILE, NULL, translatable("The same for PostgreSQL.")),
    KEY(mongo_log, OPTION_FILE, NULL, translatable("The same for MongoDB.")),
    KEY(rocketchat_log, OPTION_FILE, NULL, translatable("The same for Rocket.Chat.")),
    KEY(nginx_include, OPTION_PATH, NULL, translatable("The file of nginx that ejmon may write: the marked include.")),
    KEY(nginx_upstream, OPTION_URL, "{web}", translatable("What nginx passes requests on to.")),
};
const size_t stack_option_count = countof(stack_options);
