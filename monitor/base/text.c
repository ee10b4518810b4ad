/* Growable strings and dying allocation; see text.h. */
#include "monitor/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/sha.h>

#define ARRAY_FIRST 4 /* items of an array's first allocation, a power of two */

static void die_of_memory(size_t size) {
  fprintf(stderr, "ejmon: out of memory (%zu bytes wanted)\n", size);
  abort();
}

void *xcalloc(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory) die_of_memory(count * size);
  return memory;
}

void *xrealloc(void *memory, size_t size) {
  void *moved = realloc(memory, size ? size : 1);
  if (!moved) die_of_memory(size);
  return moved;
}

char *xstrndup(const char *string, size_t length) {
  if (!string) return NULL;
  size_t have = strnlen(string, length);
  char *copy = xrealloc(NULL, have + 1); /* not xcalloc(): glibc's calloc() passes its fast cache by */
  memcpy(copy, string, have);
  copy[have] = '\0';
  return copy;
}

char *xstrdup(const char *string) {
  return string ? xstrndup(string, strlen(string)) : NULL;
}

void *array_push(void *items, size_t *count, size_t size) {
  char **array = items;
  /* Grows at powers of two from ARRAY_FIRST on, so that the capacity need not be stored. */
  bool full = *count == 0 || (*count >= ARRAY_FIRST && (*count & (*count - 1)) == 0);
  if (full) *array = xrealloc(*array, (*count ? *count * 2 : ARRAY_FIRST) * size);
  char *item = *array + *count * size;
  memset(item, 0, size);
  (*count)++;
  return item;
}

/* --- text ------------------------------------------------------------------------------------------------------------------ */

void text_free(struct text *text) {
  free(text->data);
  *text = (struct text){0};
}

void text_clear(struct text *text) {
  text->length = 0;
  if (text->data) text->data[0] = '\0';
}

static void text_reserve(struct text *text, size_t more) {
  size_t need = text->length + more + 1;
  if (need <= text->capacity) return;
  size_t capacity = text->capacity ? text->capacity : 64;
  while (capacity < need) capacity *= 2;
  text->data = xrealloc(text->data, capacity);
  text->capacity = capacity;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length) {
  text_reserve(text, length);
  if (length) memcpy(text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string) {
  text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char c) {
  text_add_bytes(text, &c, 1);
}

void text_vprintf(struct text *text, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length > 0) {
    text_reserve(text, (size_t)length);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
}

void text_printf(struct text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(text, format, arguments);
  va_end(arguments);
}

const char *text_get(const struct text *text) {
  return text->data ? text->data : "";
}

char *text_steal(struct text *text) {
  char *data = text->data ? text->data : xstrdup("");
  *text = (struct text){0};
  return data;
}

void text_limit(struct text *text, size_t limit) {
  if (text->length <= limit) return;
  size_t end = limit > 3 ? limit - 3 : 0;
  while (end > 0 && ((unsigned char)text->data[end] & 0xC0) == 0x80) end--;
  text->length = end;
  text->data[end] = '\0';
  if (limit >= 3) text_add(text, "...");
}

char *text_format(const char *format, ...) {
  struct text text = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&text, format, arguments);
  va_end(arguments);
  return text_steal(&text);
}

/* Length of the valid UTF-8 sequence at bytes (RFC 3629: no surrogates, no overlong forms), or 0. */
static size_t utf8_length(const unsigned char *bytes, size_t left) {
  if (bytes[0] < 0x80) return 1;
  size_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
  if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length > left) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  }
  if (bytes[0] == 0xE0 && bytes[1] < 0xA0) return 0;
  if (bytes[0] == 0xED && bytes[1] > 0x9F) return 0;
  if (bytes[0] == 0xF0 && bytes[1] < 0x90) return 0;
  if (bytes[0] == 0xF4 && bytes[1] > 0x8F) return 0;
  return length;
}

/* What drives a terminal: C0, DEL and C1; what is not seen or turns the line around: U+200B-200F, U+202A-202E, U+2066-2069. */
static bool is_control(const unsigned char *p, size_t length) {
  if (length == 1) return p[0] < 0x20 || p[0] == 0x7F;
  if (length == 2) return p[0] == 0xC2 && p[1] < 0xA0;
  if (length != 3 || p[0] != 0xE2) return false;
  if (p[1] == 0x81) return p[2] >= 0xA6 && p[2] <= 0xA9;
  return p[1] == 0x80 && ((p[2] >= 0x8B && p[2] <= 0x8F) || (p[2] >= 0xAA && p[2] <= 0xAE));
}

void text_add_printable(struct text *text, const char *bytes, size_t length, size_t limit) {
  size_t stop = text->length + limit;
  const unsigned char *p = (const unsigned char *)bytes;
  for (size_t i = 0; i < length;) {
    if (text->length >= stop) {
      text_add(text, "...");
      return;
    }
    size_t step = utf8_length(p + i, length - i);
    if (step == 0 || is_control(p + i, step)) {
      text_printf(text, "\\x%02X", p[i]);
      i++;
    } else {
      text_add_bytes(text, p + i, step);
      i += step;
    }
  }
}

/* --- lists of strings ------------------------------------------------------------------------------------------------------ */

void strings_free(char **strings) {
  for (char **s = strings; s && *s; s++) free(*s);
  free(strings);
}

size_t strings_count(char *const *strings) {
  size_t count = 0;
  while (strings && strings[count]) count++;
  return count;
}

void strings_push(char ***strings, const char *string) {
  size_t count = strings_count(*strings);
  *strings = xrealloc(*strings, (count + 2) * sizeof **strings);
  (*strings)[count] = xstrdup(string);
  (*strings)[count + 1] = NULL;
}

void strings_append(char ***strings, size_t *count, const char *string) {
  size_t slots = *count ? *count + 1 : 0; /* with the NULL at the end */
  char **end = array_push(strings, &slots, sizeof **strings);
  if (*count == 0) end = array_push(strings, &slots, sizeof **strings);
  end[-1] = xstrdup(string);
  (*count)++;
}

char **strings_copy(char *const *strings) {
  char **copy = NULL;
  size_t count = 0;
  for (; strings && *strings; strings++) strings_append(&copy, &count, *strings);
  return copy;
}

/* --- looking at strings ---------------------------------------------------------------------------------------------------- */

bool text_starts(const char *string, const char *prefix) {
  return strncmp(string, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *string, const char *suffix) {
  size_t length = strlen(string), tail = strlen(suffix);
  return length >= tail && strcmp(string + length - tail, suffix) == 0;
}

bool text_equal(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static unsigned char ascii_lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool text_equal_nocase(const char *a, const char *b) {
  if (!a || !b) return a == b;
  for (; *a && *b; a++, b++) {
    if (ascii_lower((unsigned char)*a) != ascii_lower((unsigned char)*b)) return false;
  }
  return *a == *b;
}

const char *text_find(const char *haystack, size_t length, const char *needle, bool nocase) {
  size_t want = strlen(needle);
  if (!haystack || want > length) return NULL;
  if (!nocase) return memmem(haystack, length, needle, want);
  for (size_t i = 0; i + want <= length; i++) {
    size_t k = 0;
    while (k < want && ascii_lower((unsigned char)haystack[i + k]) == ascii_lower((unsigned char)needle[k])) k++;
    if (k == want) return haystack + i;
  }
  return NULL;
}

/* Damerau-Levenshtein distance (adjacent swaps count one), case folded, for words of at most 63 bytes. What is above `limit` is only known
 * to be: most words are told from each other by their lengths or their first bytes. */
static size_t edit_distance(const char *a, const char *b, size_t limit) {
  enum { LONGEST = 63 };
  size_t n = strlen(a), m = strlen(b);
  if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > limit) return limit + 1;
  size_t rows[3][LONGEST + 1], least = 0, least_before = 0;
  for (size_t j = 0; j <= m; j++) rows[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
    now[0] = i;
    least_before = least;
    least = i;
    for (size_t j = 1; j <= m; j++) {
      size_t change = tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]);
      size_t best = before[j - 1] + change;
      if (before[j] + 1 < best) best = before[j] + 1;
      if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && earlier[j - 2] + 1 < best) best = earlier[j - 2] + 1;
      now[j] = best;
      if (best < least) least = best;
    }
    if (least > limit && least_before > limit) return limit + 1; /* a swap reaches back two rows */
  }
  return rows[n % 3][m];
}

const char *text_nearest(const char *word, const char *const *candidates) {
  return text_nearest_within(word, candidates, strlen(word) / 2 < 3 ? strlen(word) / 2 : 3);
}

const char *text_nearest_within(const char *word, const char *const *candidates, size_t limit) {
  const char *nearest = NULL;
  size_t best = limit + 1;
  for (; candidates && *candidates; candidates++) {
    size_t distance = edit_distance(word, *candidates, limit);
    if (distance < best) {
      best = distance;
      nearest = *candidates;
    }
  }
  return nearest;
}

int text_to_long(const char *string, long low, long high, long *ret_value) {
  if (!string || !*string || isspace((unsigned char)*string)) return -EINVAL;
  char *end;
  errno = 0;
  long value = strtol(string, &end, 10);
  if (*end) return -EINVAL;
  if (errno == ERANGE || value < low || value > high) return -ERANGE;
  *ret_value = value;
  return 0;
}

void text_sha256(const void *bytes, size_t length, char ret_hex[65]) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes, length, digest);
  for (size_t i = 0; i < sizeof digest; i++) snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

/* --- clean-up attributes --------------------------------------------------------------------------------------------------- */

void text_cleanup_free(void *pointer_to_pointer) {
  free(*(void **)pointer_to_pointer);
}

void text_cleanup_strings(char ***strings) {
  strings_free(*strings);
}

void text_cleanup_file(void *pointer_to_file) {
  FILE *file = *(FILE **)pointer_to_file;
  if (file) fclose(file);
}

void text_cleanup_fd(int *fd) {
  if (*fd >= 0) close(*fd);
}
