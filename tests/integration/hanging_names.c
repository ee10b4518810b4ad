/* Preloaded into ejmon by test_hanging_names.py: names with "hang" in them are never answered, all others are this machine. */
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int getaddrinfo_function(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found);

int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict ret_found) {
  getaddrinfo_function *real;
  void *found = dlsym(RTLD_NEXT, "getaddrinfo");
  memcpy(&real, &found, sizeof found);
  if (name && strstr(name, "hang")) sleep(60);
  return real(name && strstr(name, ".test") ? "127.0.0.1" : name, service, hints, ret_found);
}
