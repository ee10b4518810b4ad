/* A response and its headers: filling, reading, freeing; see http.h. No I/O. */
#include <stdlib.h>
#include <string.h>

#include "monitor/base/http.h"

void http_headers_clear(struct http_response *response) {
  for (size_t i = 0; i < response->header_count; i++) free(response->headers[i].name); /* and the value with it */
  free(response->headers);
  response->headers = NULL;
  response->header_count = 0;
}

void http_header_add(struct http_response *response, const char *name, size_t name_length, const char *value, size_t value_length) {
  struct http_header *header = array_push(&response->headers, &response->header_count, sizeof *header);
  /* "name NUL value NUL" in one piece: headers are most of the small allocations of a probe. */
  header->name = xrealloc(NULL, name_length + 1 + value_length + 1);
  header->value = header->name + name_length + 1;
  memcpy(header->name, name, name_length);
  memcpy(header->value, value, value_length);
  header->name[name_length] = header->value[value_length] = '\0';
}

void http_response_free(struct http_response *response) {
  http_headers_clear(response);
  free(response->body);
  free(response->address);
  free(response->error);
  *response = (struct http_response){0};
}

const char *http_header_next(const struct http_response *response, const char *name, size_t *position) {
  while (*position < response->header_count) {
    const struct http_header *header = &response->headers[(*position)++];
    if (text_equal_nocase(header->name, name)) return header->value;
  }
  return NULL;
}

const char *http_header(const struct http_response *response, const char *name, size_t index) {
  size_t position = 0;
  const char *value = http_header_next(response, name, &position);
  while (value && index-- > 0) value = http_header_next(response, name, &position);
  return value;
}

size_t http_header_count(const struct http_response *response, const char *name) {
  size_t count = 0;
  for (size_t i = 0; i < response->header_count; i++) count += text_equal_nocase(response->headers[i].name, name);
  return count;
}

char *http_media_type(const struct http_response *response) {
  const char *value = http_header(response, "Content-Type", 0);
  char *type = xstrndup(value ? value : "", value ? strcspn(value, "; \t") : 0);
  for (char *p = type; *p; p++) {
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
  }
  return type;
}
