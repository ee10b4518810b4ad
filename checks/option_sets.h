/* The keys that several kinds take alike: the way into a container, the address of the site, the stack's compose services. A kind embeds
 * the struct as `place`, `site` or `stack`, and names its rows in one line.
 *
 * Each row's fallback is a key of stack:, so that a standard check needs none of them. `ejmon probe` has no stack: what then stays unset is
 * the functions' to fill. */
#ifndef EJMON_OPTION_SETS_H
#define EJMON_OPTION_SETS_H

#include "checks/option.h"
#include "monitor/reach/place.h"

/* --- commands beside a service ------------------------------------------------------------------------------------------------------- */

struct place_options {
  char *docker, *project, *service;
  char **command;
};

/* who: "web" or "nginx"; command_key: what the kind calls its command prefix; docker_help: what it wants of the Docker Engine. */
#define PLACE_OPTIONS(config, who, command_key, docker_help) \
  {OPTION_AT(config, "docker", place.docker, SOCKET, "{docker}", docker_help)}, PLACE_OTHER_OPTIONS(config, who, command_key)

/* The same for a kind that acts: its socket is an address, so that a wrong one is refused before anything is tried. */
#define ACTING_PLACE_OPTIONS(config, who, docker_help) \
  {OPTION_AT(config, "docker", place.docker, SOCKET, "{docker}", docker_help)}, PLACE_OTHER_OPTIONS(config, who, "command")

#define PLACE_OTHER_OPTIONS(config, who, command_key)                                                                       \
  {OPTION_AT(config, "project", place.project, STRING, "{project}", "The compose project, when the engine runs several.")}, \
      {OPTION_AT(config, "service", place.service, STRING, "{" who "_service}",                                             \
                 "The compose service of the container; default: the name that EJ gives it.")},                             \
  {                                                                                                                         \
    OPTION_AT(config, command_key, place.command, COMMAND, "{" who "_command}",                                             \
              "A program and arguments that run a command there, instead of the Docker Engine.")                            \
  }

/* Borrows all from options. service: "web" or "nginx", for options that name none. */
struct place place_of(const struct place_options *options, const char *service);

/* --- the site ------------------------------------------------------------------------------------------------------------------------ */

struct site_options {
  char *url, *host, *cacert;
};

#define SITE_OPTIONS(config, url_key, default_url, is_required, url_help)                                                               \
  {OPTION_AT(config, url_key, site.url, URL, default_url, url_help), .required = is_required},                                          \
      {OPTION_AT(config, "host", site.host, STRING, "{host}",                                                                           \
                 "A Host header that the site accepts, when the URL's host is not its name.")},                                         \
  {                                                                                                                                     \
    OPTION_AT(config, "cacert", site.cacert, FILE, "{cacert}", "PEM file of the authorities that are trusted instead of the system's.") \
  }

/* --- the containers of the stack ------------------------------------------------------------------------------------------------------ */

enum stack_service { STACK_WEB, STACK_NGINX, STACK_POSTGRES, STACK_MONGO, STACK_ROCKETCHAT, STACK_SERVICE_COUNT };
extern const char *const stack_service_names[STACK_SERVICE_COUNT]; /* "web", "nginx", ...: EJ's compose names */

struct stack_options {
  char *docker, *project, *services[STACK_SERVICE_COUNT];
};

#define STACK_SERVICE_OPTION(config, which, name, default_name) \
  { OPTION_AT(config, name "_service", stack.services[STACK_##which], STRING, default_name, "The compose service of this container.") }

#define STACK_OPTIONS(config, is_required)                                                                                        \
  {OPTION_AT(config, "docker", stack.docker, SOCKET, "{docker}", "The Docker Engine's socket, unix:///var/run/docker.sock."),     \
   .required = is_required},                                                                                                      \
      {OPTION_AT(config, "project", stack.project, STRING, "{project}", "The compose project, when the engine runs several.")},   \
      STACK_SERVICE_OPTION(config, WEB, "web", "{web_service}"), STACK_SERVICE_OPTION(config, NGINX, "nginx", "{nginx_service}"), \
      STACK_SERVICE_OPTION(config, POSTGRES, "postgres", "postgres"), STACK_SERVICE_OPTION(config, MONGO, "mongo", "mongo"),      \
      STACK_SERVICE_OPTION(config, ROCKETCHAT, "rocketchat", "rocketchat")

/* The compose service's name. */
const char *stack_service(const struct stack_options *options, enum stack_service service);

/* --- of EJ ---------------------------------------------------------------------------------------------------------------------------- */

extern const char *const generation_choices[]; /* "auto", "A", "B", "C" */

#endif
