/* Whether the files and programs that a configuration names are there; see option_missing() in options.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/options.h"
#include "monitor/base/lang.h"

static char *file_missing(const char *path) {
  return access(path, R_OK) == 0 ? NULL : reader_refusal(path, "read", errno);
}

/* As posix_spawnp() looks for it. */
static char *program_missing(const char *name) {
  struct stat status;
  if (strchr(name, '/')) {
    if (stat(name, &status) < 0) return reader_refusal(name, "run", errno);
    if (S_ISREG(status.st_mode) && access(name, X_OK) == 0) return NULL;
    return text_format(
        translated("%s cannot be run: it is no program, or not one for the user that ejmon runs as; check the path, or chmod +x it"), name);
  }
  const char *folders = getenv("PATH");
  for (const char *p = folders ? folders : "/bin:/usr/bin"; *p;) {
    size_t length = strcspn(p, ":");
    auto_free char *path = text_format("%.*s/%s", (int)length, p, name);
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0) return NULL;
    p += length + (p[length] == ':');
  }
  return text_format(translated("no program %s is in PATH, where ejmon runs; install it there, or write its whole path"), name);
}

static char *socket_missing(const char *address) {
  struct stat status;
  const char *path = address + strlen("unix://");
  if (stat(path, &status) < 0) return reader_refusal(path, "read", errno);
  return S_ISSOCK(status.st_mode) ? NULL : text_format(translated("%s is no socket; check the path"), path);
}

char *option_missing(const struct option *option, const void *config) {
  const char *path = option->type == OPTION_FILE ? option_string(option, config) : NULL;
  if (path) return file_missing(path);
  const char *address = option->type == OPTION_SOCKET ? option_string(option, config) : NULL;
  if (address) return socket_missing(address);
  char **command = option->type == OPTION_COMMAND ? option_list(option, config) : NULL;
  return command && *command ? program_missing(*command) : NULL;
}
