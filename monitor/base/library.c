/* Opens a library and takes its functions; see library.h. It calls none of them. */
#include "monitor/base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "monitor/base/lang.h"

/* ISO C has no cast from an object to a function pointer. */
static bool take(void *handle, const char *name, void *slot) {
  void *found = dlsym(handle, name);
  memcpy(slot, &found, sizeof found);
  return found != NULL;
}

char *library_open(struct library *library) {
  if (library->handle) return NULL;
  void *handle = dlopen(library->file, RTLD_LAZY | RTLD_LOCAL);
  if (!handle) return text_format(translated("%s: install the package %s (%s)"), translated(library->missing), library->package, dlerror());
  for (size_t i = 0; i < library->count; i++) {
    if (!take(handle, library->functions[i].name, (char *)library->table + library->functions[i].offset)) {
      dlclose(handle);
      return text_format(translated("the installed %s has no %s: install Debian 12's %s or a later one"), library->file,
                         library->functions[i].name, library->package);
    }
  }
  library->handle = handle;
  return NULL;
}

void library_take(const struct library *library, const char *name, void *slot) {
  take(library->handle, name, slot);
}
