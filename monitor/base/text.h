/* Growable strings, and the few helpers of libc that die loudly when memory runs out.
 *
 * Ownership: a struct text owns its bytes; text_free() releases them and is harmless on an empty text. Strings returned as
 * `char *` belong to the caller and are released with free(). Nothing here logs or blocks. Out of memory ends the program
 * with a message: a monitor that limps lies. */
#ifndef EJMON_TEXT_H
#define EJMON_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define must_check __attribute__((warn_unused_result))
#define format_like(string, first) __attribute__((format(printf, string, first)))

/* data is NULL while nothing was added; otherwise it ends in a NUL that length does not count. May hold NUL bytes. */
struct text {
  char *data;
  size_t length;
  size_t capacity;
};

void text_free(struct text *text);
void text_clear(struct text *text); /* length 0, memory kept */
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...) format_like(2, 3);
void text_vprintf(struct text *text, const char *format, va_list arguments) format_like(2, 0);
const char *text_get(const struct text *text); /* never NULL: "" when empty; valid until the next change */
char *text_steal(struct text *text);           /* the bytes, now the caller's; the text is empty afterwards */
/* Cuts a text to at most `limit` bytes without splitting a UTF-8 sequence, and says so at its end with "...". */
void text_limit(struct text *text, size_t limit);

/* A string made by a format; free() it. */
char *text_format(const char *format, ...) format_like(1, 2) must_check;

/* malloc and friends that never return NULL. copy of NULL is NULL. */
void *xcalloc(size_t count, size_t size) must_check;
void *xrealloc(void *memory, size_t size) must_check;
char *xstrdup(const char *string) must_check;
char *xstrndup(const char *string, size_t length) must_check;

/* Grows the array `*items` (of `size` bytes an item) so that it holds one more than `*count`, and returns that new, zeroed item. The count
 * may be lowered in between: memory is only ever too large. */
void *array_push(void *items, size_t *count, size_t size) must_check;

/* NULL-terminated arrays of owned strings. */
void strings_free(char **strings);
size_t strings_count(char *const *strings);
void strings_push(char ***strings, const char *string); /* adds a copy; counts what is there, so: for short lists */
/* The same for lists that somebody else may make long. All of a list by this one; *count begins at 0, *strings at NULL. */
void strings_append(char ***strings, size_t *count, const char *string);
char **strings_copy(char *const *strings) must_check;

bool text_starts(const char *string, const char *prefix);
bool text_ends(const char *string, const char *suffix);
bool text_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool text_equal_nocase(const char *a, const char *b); /* ASCII only */
/* First occurrence of `needle` in the `length` bytes at `haystack` (NULs allowed), or NULL. ASCII case folded if nocase. */
const char *text_find(const char *haystack, size_t length, const char *needle, bool nocase);
/* The entry of a NULL-terminated list that is nearest to `word` by edit distance (at most 3 and half of the word), or NULL. */
const char *text_nearest(const char *word, const char *const *candidates);
/* The same with another limit of the distance. */
const char *text_nearest_within(const char *word, const char *const *candidates, size_t limit);

/* Adds `bytes` with control characters and invalid UTF-8 shown as \xNN, cut at `limit` bytes with "...": foreign text for people. */
void text_add_printable(struct text *text, const char *bytes, size_t length, size_t limit);

/* Strict number parsing: the whole string must be a number in [low, high]. 0 or -EINVAL, -ERANGE. */
int text_to_long(const char *string, long low, long high, long *ret_value) must_check;

/* Lower-case hex SHA-256 (FIPS 180-4) of `length` bytes, written to ret_hex with its NUL. */
void text_sha256(const void *bytes, size_t length, char ret_hex[65]);

/* Clean-up attributes for the end of a scope. */
void text_cleanup_free(void *pointer_to_pointer);
void text_cleanup_strings(char ***strings);
void text_cleanup_file(void *pointer_to_file);
void text_cleanup_fd(int *fd);
#define auto_free __attribute__((cleanup(text_cleanup_free)))
#define auto_strings __attribute__((cleanup(text_cleanup_strings)))
#define auto_text __attribute__((cleanup(text_free)))
#define auto_file __attribute__((cleanup(text_cleanup_file)))
#define auto_fd __attribute__((cleanup(text_cleanup_fd)))

#define countof(array) (sizeof(array) / sizeof((array)[0]))

#endif
