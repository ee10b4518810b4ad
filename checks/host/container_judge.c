/* What a stack's containers tell: states, mounts, ports, images, and the few variables of Rocket.Chat that matter. */
#include "checks/host/container_judge.h"

#include <stdlib.h>
#include <string.h>

#include "checks/host/containers_codes.h"
#include "monitor/base/lang.h"

static const struct code *const down_codes[STACK_SERVICE_COUNT] = {
    [STACK_WEB] = &CONTAINERS_WEB_DOWN,     [STACK_NGINX] = &CONTAINERS_NGINX_DOWN,           [STACK_POSTGRES] = &CONTAINERS_POSTGRES_DOWN,
    [STACK_MONGO] = &CONTAINERS_MONGO_DOWN, [STACK_ROCKETCHAT] = &CONTAINERS_ROCKETCHAT_DOWN,
};

static const struct docker_member *member_of(const struct container_view *view, enum stack_service role) {
  return view->services[role] ? docker_stack_find(view->stack, view->services[role]) : NULL;
}

static const char *variable(const struct docker_member *member, const char *name) {
  size_t length = strlen(name);
  for (char *const *entry = member->environment; entry && *entry; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  return NULL;
}

/* --- states ------------------------------------------------------------------------------------------------------------------ */

static bool is_looping(const struct container_view *view, const struct docker_member *member) {
  bool young = member->started > 0 && view->now - member->started < CONTAINER_LOOP_SECONDS;
  return text_equal(member->state, "restarting") ||
         (text_equal(member->state, "running") && young && member->restart_count >= CONTAINER_LOOP_RESTARTS);
}

static void judge_state(const struct container_view *view, enum stack_service role, struct findings *out) {
  const struct docker_member *member = member_of(view, role);
  if (!member) return; /* not part of this project: not looked at */
  bool running = text_equal(member->state, "running"), loops = is_looping(view, member);
  if (running && !loops) {
    finding_pass(out, down_codes[role]);
    return;
  }
  struct finding *finding;
  if (loops) {
    /* While it runs, the engine shows 0 as the exit code. */
    auto_free char *end = running ? xstrdup("") : text_format(translated(", the last run ended with exit code %ld"), member->exit_code);
    finding =
        finding_add(out, down_codes[role], "%s restarts again and again: %ld times so far%s.", member->name, member->restart_count, end);
  } else if (text_equal(member->state, "paused")) {
    finding =
        finding_add(out, down_codes[role], "%s is paused: it takes connections and answers none. `docker unpause` wakes it.", member->name);
  } else {
    finding = finding_add(out, down_codes[role], "%s is %s%s: exit code %ld.", member->name, member->state,
                          member->oom_killed ? translated(", killed for want of memory") : "", member->exit_code);
  }
  finding_evidence(finding, "state in the Docker Engine", "running", "%s", member->state);
  if (*member->error) finding_evidence(finding, "the Engine's own words", NULL, "%s", member->error);
}

/* Of a container that runs, the Engine tells a kill of any of its processes for as long as the run lasts, be it weeks ago: no fault of now.
 */
static void judge_memory(const struct container_view *view, struct findings *out) {
  const struct docker_member *found = NULL;
  bool lasting = false;
  for (int role = 0; role < STACK_SERVICE_COUNT && !lasting; role++) {
    const struct docker_member *member = member_of(view, (enum stack_service)role);
    if (!member || !member->oom_killed) continue;
    lasting = !text_equal(member->state, "running") || is_looping(view, member);
    if (lasting || !found) found = member;
  }
  if (found) {
    struct finding *finding =
        finding_add(out, &CONTAINERS_OUT_OF_MEMORY,
                    lasting ? translatable("The kernel killed %s for want of memory.")
                            : translatable("The kernel killed a process of %s for want of memory since it was started."),
                    found->name);
    if (!lasting) finding->severity = SEVERITY_INFO;
    finding_evidence(finding, "OOMKilled of the last run", "false", "true, exit code %ld", found->exit_code);
    return;
  }
  finding_pass(out, &CONTAINERS_OUT_OF_MEMORY);
}

/* --- the static folder ------------------------------------------------------------------------------------------------------- */

char *container_source(const struct docker_member *member, const char *path, const struct docker_mount **ret_mount) {
  const struct docker_mount *best = NULL;
  size_t best_length = 0;
  for (size_t i = 0; i < member->mount_count; i++) {
    const char *destination = member->mounts[i].destination;
    size_t length = strlen(destination);
    while (length > 1 && destination[length - 1] == '/') length--;
    if (length == 0 || strncmp(path, destination, length) != 0 || (path[length] != '\0' && path[length] != '/')) continue;
    if (best && length <= best_length) continue;
    best = &member->mounts[i];
    best_length = length;
  }
  if (ret_mount) *ret_mount = best;
  if (!best) return NULL;
  size_t length = strlen(best->source);
  while (length > 1 && best->source[length - 1] == '/') length--;
  return text_format("%.*s%s", (int)length, best->source, path + best_length);
}

/* Has the container this folder, or one above it, under whatever path? */
static bool has_source(const struct docker_member *member, const char *source) {
  for (size_t i = 0; i < member->mount_count; i++) {
    const char *above = member->mounts[i].source;
    size_t length = strlen(above);
    while (length > 1 && above[length - 1] == '/') length--;
    if (length > 0 && strncmp(source, above, length) == 0 && (source[length] == '\0' || source[length] == '/')) return true;
  }
  return false;
}

static void judge_sharing(const struct container_view *view, struct findings *out) {
  const struct docker_member *web = member_of(view, STACK_WEB), *nginx = member_of(view, STACK_NGINX);
  if (!web || !nginx) return;
  auto_free char *from = container_source(web, view->web_static, NULL);
  auto_free char *served = container_source(nginx, view->nginx_static, NULL);
  if (from && text_equal(from, served)) {
    finding_pass(out, &CONTAINERS_STATIC_NOT_SHARED);
    return;
  }
  if (from && has_source(nginx, from))
    return; /* under another path, which an nginx.conf of one's own may serve: the theme check sees that */
  struct finding *finding = finding_add(out, &CONTAINERS_STATIC_NOT_SHARED,
                                        "%s serves another static folder than the one that %s collects into.", nginx->name, web->name);
  finding_evidence(finding, view->nginx_static, from ? from : translatable("a volume of both"), "%s",
                   served ? served : translated("nothing is mounted there: the image's own folder"));
  finding_evidence(finding, view->web_static, NULL, "%s", from ? from : translated("nothing is mounted there: the container's own layer"));
}

static void judge_projects(const struct container_view *view, struct findings *out) {
  const struct docker_member *web = member_of(view, STACK_WEB);
  const struct docker_mount *mount = NULL;
  auto_free char *source = web ? container_source(web, view->web_static, &mount) : NULL;
  if (!source) return;
  for (size_t i = 0; i < view->stack->count; i++) {
    const struct docker_member *other = &view->stack->members[i];
    if (text_equal(other->project, view->stack->project)) continue;
    for (size_t k = 0; k < other->mount_count; k++) {
      if (other->mounts[k].read_only || !text_equal(other->mounts[k].source, mount->source)) continue; /* a backup, a monitor */
      struct finding *finding = finding_add(out, &CONTAINERS_STATIC_TWO_PROJECTS, "%s of the project %s uses the same static folder as %s.",
                                            other->name, other->project, web->name);
      finding_evidence(finding, *mount->name ? translated("volume") : translated("folder"), "of one project", "%s",
                       *mount->name ? mount->name : mount->source);
      return;
    }
  }
  finding_pass(out, &CONTAINERS_STATIC_TWO_PROJECTS);
}

static void judge_bind(const struct container_view *view, struct findings *out) {
  const struct docker_member *web = member_of(view, STACK_WEB);
  const struct docker_mount *mount = NULL;
  auto_free char *source = web ? container_source(web, view->web_static, &mount) : NULL;
  if (!web) return;
  if (!source || !text_equal(mount->type, "bind")) {
    finding_pass(out, &CONTAINERS_STATIC_BIND);
    return;
  }
  struct finding *finding =
      finding_add(out, &CONTAINERS_STATIC_BIND, "The static folder of %s is a folder of the host: it must belong to user 1000.", web->name);
  finding_evidence(finding, view->web_static, "a named volume", "%s", source);
}

/* --- ports and images -------------------------------------------------------------------------------------------------------- */

static bool is_open(const struct docker_port *port) {
  static const long doors[] = {5432, 27017};
  bool door = false;
  for (size_t i = 0; i < countof(doors); i++) door = door || port->inside == doors[i];
  return door && !text_starts(port->address, "127.") && !text_equal(port->address, "::1");
}

static void judge_ports(const struct container_view *view, struct findings *out) {
  auto_text struct text open = {0};
  size_t seen = 0;
  for (size_t i = 0; i < view->stack->count; i++) {
    const struct docker_member *member = &view->stack->members[i];
    if (!member->close || !text_equal(member->project, view->stack->project)) continue;
    seen++;
    for (size_t k = 0; k < member->port_count; k++) {
      const struct docker_port *port = &member->ports[k];
      if (is_open(port))
        text_printf(&open, translated("%s%s port %ld on %s:%ld"), open.length ? ", " : "", member->name, port->inside,
                    *port->address ? port->address : translated("all addresses"), port->outside);
    }
  }
  if (open.length) {
    struct finding *finding = finding_add(out, &CONTAINERS_PORT_PUBLISHED, "A database is open to the network: %s.", text_get(&open));
    finding_evidence(finding, "published ports", "none, or on 127.0.0.1", "%s", text_get(&open));
  } else if (seen) {
    finding_pass(out, &CONTAINERS_PORT_PUBLISHED);
  }
}

bool container_image_unpinned(const char *image) {
  const char *slash = strrchr(image, '/'), *name = slash ? slash + 1 : image;
  size_t length = strcspn(name, ":@");
  bool mongo = length == 5 && strncmp(name, "mongo", 5) == 0;
  return mongo && (name[length] == '\0' || text_equal(name + length, ":latest"));
}

static void judge_mongo(const struct container_view *view, struct findings *out) {
  const struct docker_member *mongo = member_of(view, STACK_MONGO);
  if (!mongo) return;
  if (!container_image_unpinned(mongo->image)) {
    finding_pass(out, &CONTAINERS_MONGO_UNPINNED);
    return;
  }
  bool smallfiles = false;
  for (char *const *word = mongo->command; word && *word; word++) smallfiles = smallfiles || text_equal(*word, "--smallfiles");
  struct finding *finding =
      finding_add(out, &CONTAINERS_MONGO_UNPINNED, "The image of %s has no fixed version%s.", mongo->name,
                  smallfiles ? translated(", and its command has --smallfiles, which MongoDB 4.2 and later refuse") : "");
  finding_evidence(finding, translated("image"), "one with a version, mongo:4.0", "%s", mongo->image);
}

static void judge_one_off(const struct container_view *view, struct findings *out) {
  if (!member_of(view, STACK_WEB)) return;
  for (size_t i = 0; i < view->stack->count; i++) {
    const struct docker_member *member = &view->stack->members[i];
    if (!member->one_off || !text_equal(member->project, view->stack->project) || !text_equal(member->service, view->services[STACK_WEB]) ||
        !text_equal(member->state, "running"))
      continue;
    struct finding *finding = finding_add(out, &CONTAINERS_ONE_OFF, "%s runs beside the container that serves.", member->name);
    finding_evidence(finding, "container of `docker-compose run`", NULL, "%s", member->name);
    return;
  }
  finding_pass(out, &CONTAINERS_ONE_OFF);
}

/* --- Rocket.Chat ------------------------------------------------------------------------------------------------------------- */

const char *container_root_url_fault(const char *url) {
  const char *mark = strstr(url, "://");
  if (!mark || mark == url) return translatable("it has no scheme");
  const char *host = mark + 3;
  if (*host == '\0' || *host == '/' || *host == ':') return translatable("it has no host");
  if (strstr(host, "://") || text_starts(host, "http:") || text_starts(host, "https:")) return translatable("it has two schemes");
  if (strpbrk(url, " \t\"'")) return translatable("it has a blank or a quote in it");
  const char *colon = strchr(host, ':'), *second = colon && *host != '[' ? strchr(colon + 1, ':') : NULL;
  if (second) return translatable("it has two ports");
  return NULL;
}

static bool is_iframe_setting(const char *id, size_t length) {
  static const char *const ids[] = {"Accounts_iframe_enabled", "Accounts_iframe_url", "Accounts_Iframe_api_url",
                                    "Accounts_Iframe_api_method"};
  for (size_t i = 0; i < countof(ids); i++)
    if (strlen(ids[i]) == length && strncasecmp(ids[i], id, length) == 0) return true;
  return false;
}

/* The first iframe setting in a list "id1,id2", or NULL; a new string. */
static char *listed_setting(const char *list) {
  for (const char *p = list; p && *p;) {
    p += strspn(p, " ,");
    size_t length = strcspn(p, " ,");
    if (is_iframe_setting(p, length)) return xstrndup(p, length);
    p += length;
  }
  return NULL;
}

static void judge_settings(const struct docker_member *chat, struct findings *out) {
  static const char overwrite[] = "OVERWRITE_SETTING_";
  auto_text struct text pinned = {0};
  for (char *const *entry = chat->environment; entry && *entry; entry++) {
    const char *id = text_starts(*entry, overwrite) ? *entry + strlen(overwrite) : NULL;
    if (id && is_iframe_setting(id, strcspn(id, "=")))
      text_printf(&pinned, "%s%.*s", pinned.length ? ", " : "", (int)strcspn(*entry, "="), *entry);
  }
  auto_free char *blocked = listed_setting(variable(chat, "SETTINGS_BLOCKED"));
  auto_free char *hidden = listed_setting(variable(chat, "SETTINGS_HIDDEN"));
  if (blocked) text_printf(&pinned, translated("%sSETTINGS_BLOCKED with %s"), pinned.length ? ", " : "", blocked);
  if (pinned.length) {
    struct finding *finding =
        finding_add(out, &CONTAINERS_SETTING_PINNED, "The environment of %s pins settings of the IFrame login.", chat->name);
    finding_evidence(finding, translated("variables"), NULL, "%s", text_get(&pinned));
  } else {
    finding_pass(out, &CONTAINERS_SETTING_PINNED);
  }
  if (hidden) {
    struct finding *finding =
        finding_add(out, &CONTAINERS_SETTING_HIDDEN, "%s hides %s from browsers: the IFrame login is off.", chat->name, hidden);
    finding_evidence(finding, "SETTINGS_HIDDEN", "no iframe setting", "%s", hidden);
  } else {
    finding_pass(out, &CONTAINERS_SETTING_HIDDEN);
  }
}

#define TOKENS_FEW 10 /* EJ, a browser, a telephone and a monitor take one at each login */

static void judge_rocketchat(const struct container_view *view, struct findings *out) {
  const struct docker_member *chat = member_of(view, STACK_ROCKETCHAT);
  if (!chat || !chat->close) return;
  const char *url = variable(chat, "ROOT_URL"), *fault = url ? container_root_url_fault(url) : NULL;
  if (fault) {
    struct finding *finding = finding_add(out, &CONTAINERS_ROOT_URL, "ROOT_URL of %s is no address: %s.", chat->name, translated(fault));
    finding_evidence(finding, "ROOT_URL", "https://<chat>", "%s", url);
  } else if (url) {
    finding_pass(out, &CONTAINERS_ROOT_URL);
  }
  judge_settings(chat, out);
  const char *limit = variable(chat, "MAX_RESUME_LOGIN_TOKENS");
  long tokens = 0;
  if (limit && text_to_long(limit, 1, 1000000, &tokens) == 0 && tokens < TOKENS_FEW) {
    struct finding *finding = finding_add(out, &CONTAINERS_TOKEN_LIMIT, "%s keeps %ld login tokens of each account.", chat->name, tokens);
    finding_evidence(finding, "MAX_RESUME_LOGIN_TOKENS", "50, or unset", "%ld", tokens);
  } else {
    finding_pass(out, &CONTAINERS_TOKEN_LIMIT);
  }
}

void container_judge(const struct container_view *view, struct findings *out) {
  for (int role = 0; role < STACK_SERVICE_COUNT; role++) judge_state(view, (enum stack_service)role, out);
  judge_memory(view, out);
  judge_sharing(view, out);
  judge_projects(view, out);
  judge_bind(view, out);
  judge_ports(view, out);
  judge_mongo(view, out);
  judge_one_off(view, out);
  judge_rocketchat(view, out);
}
