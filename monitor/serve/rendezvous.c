/* Addresses of abstract sockets; see rendezvous.h. */
#include "monitor/serve/rendezvous.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From the root, without "//", "." and "..", however it was written. Links stay: they may be renewed, or gone. */
static char *absolute(const char *path) {
  auto_free char *here = *path == '/' || !*path ? NULL : getcwd(NULL, 0);
  auto_free char *all = text_format("%s/%s", here ? here : "", path);
  struct text whole = {0};
  for (const char *part = all; *path && *part; part += strcspn(part, "/")) {
    part += strspn(part, "/");
    size_t length = strcspn(part, "/");
    bool up = length == 2 && strncmp(part, "..", 2) == 0;
    if (length == 0 || (length == 1 && *part == '.')) continue;
    while (up && whole.length > 0 && whole.data[--whole.length] != '/') continue;
    if (!up) text_printf(&whole, "/%.*s", (int)length, part);
    if (whole.data) whole.data[whole.length] = '\0';
  }
  if (*path && !whole.length) text_add_char(&whole, '/');
  return text_steal(&whole);
}

/* FNV-1a; whoever makes two alike by intent has to be the same user. */
static uint64_t hash(const char *string) {
  uint64_t value = 14695981039346656037u;
  for (const char *p = string; *p; p++) value = (value ^ (unsigned char)*p) * 1099511628211u;
  return value;
}

socklen_t rendezvous_address(const char *kind, const char *path, struct sockaddr_un *ret_address) {
  struct stat root = {0};
  if (stat("/", &root) < 0) root = (struct stat){0};
  auto_free char *whole = absolute(path);
  auto_free char *meaning = text_format("%llu:%llu %s %s", (unsigned long long)root.st_dev, (unsigned long long)root.st_ino, kind, whole);
  *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX}; /* the name begins with NUL: that makes it abstract */
  int length = snprintf(ret_address->sun_path + 1, sizeof ret_address->sun_path - 1, "ejmon/%lu/%016llx", (unsigned long)geteuid(),
                        (unsigned long long)hash(meaning));
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

/* Has that process another root folder than we, for all that can be told? A container that shares our network has. */
static bool has_another_root(pid_t pid) {
  struct stat ours, theirs;
  auto_free char *path = text_format("/proc/%ld/root", (long)pid);
  if (stat("/", &ours) < 0 || stat(path, &theirs) < 0) return false;
  return ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino;
}

bool rendezvous_trusts(int fd) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return false;
  if (peer.pid <= 0 || (peer.uid != geteuid() && peer.uid != 0)) return false; /* 0: a process that is not ours to see */
  return !has_another_root(peer.pid);
}
