/* Fetches /start/ or /login/, follows what it names for a static file outside of /static/, and asks web for one of nginx's files. */
#include "checks/theme/theme_page.h"

#include <stdlib.h>
#include <string.h>

#include "checks/inside/theme_volume.h"
#include "checks/web/web_fetch.h"

static bool is_page_of_ej(const struct web_fetch *fetch) {
  return fetch->result == 0 && fetch->answer.author != WEB_NGINX && fetch->answer.author != WEB_PROXY;
}

/* Where does an address lead that a page names for a static file? */
static int follow_static(struct theme_page *look, const char *page_url) {
  auto_free char *url = http_resolve(page_url, look->foreign_static);
  auto_free char *origin = url ? http_origin(url) : NULL, *site = http_origin(page_url);
  if (!origin) return 0;
  struct web_fetch fetch;
  const char *path = strstr(url, "://") + strlen("://");
  path += strcspn(path, "/");
  web_fetch_init(&fetch, origin, *path ? path : "/", text_equal(origin, site) ? look->host : NULL, look->cacert);
  fetch.body_limit = THEME_KEY_FILE_LIMIT;
  int r = web_fetch_one(&fetch);
  if (r == 0 && fetch.result == 0) look->foreign_status = fetch.answer.status;
  web_fetch_free(&fetch);
  return r;
}

/* With DEBUG off web answers 404 below /static/ (EJ contract section 5, ej-corrections 11). */
static int look_at_web(struct theme_page *look) {
  if (!look->web) return 0;
  struct web_fetch fetch;
  web_fetch_init(&fetch, look->web, "/static/css/main.css", look->host, look->cacert);
  fetch.share = 0.5; /* a name that does not resolve from here must not take the time of all */
  int r = web_fetch_one(&fetch);
  if (r == 0 && fetch.result == 0) {
    auto_free char *type = http_media_type(&fetch.response);
    bool django = fetch.answer.author != WEB_NGINX && fetch.answer.author != WEB_PROXY;
    const char *server = http_header(&fetch.response, "Server", 0);
    look->web_asked = django && !(server && text_starts(server, "nginx")); /* `web` may be the site's own address */
    look->web_serves = look->web_asked && fetch.answer.status == 200 && text_equal(type, "text/css");
  }
  web_fetch_free(&fetch);
  return r;
}

/* /start/ tells best; /login/ is asked only when it does not tell. A page that does not come says nothing here: the django check tells why.
 */
int theme_page_look(void *argument) {
  struct theme_page *look = argument;
  static const char *const paths[] = {"/start/", "/login/"};
  for (size_t i = 0; i < countof(paths) && !look->theme; i++) {
    struct web_fetch fetch;
    web_fetch_init(&fetch, look->url, paths[i], look->host, look->cacert);
    int r = web_fetch_one(&fetch);
    bool came = r == 0 && is_page_of_ej(&fetch);
    if (came && fetch.answer.status == 200) {
      look->theme = theme_of_page(fetch.response.body, fetch.response.body_length);
      look->seen = true;
      if (!look->foreign_static) {
        look->foreign_static = theme_foreign_static(fetch.response.body, fetch.response.body_length);
        if (look->foreign_static) r = follow_static(look, fetch.url);
      }
    }
    web_fetch_free(&fetch);
    if (r < 0) return r;
    if (!came) break;
  }
  return look_at_web(look);
}
