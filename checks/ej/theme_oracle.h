/* Which theme is this? From the text of a page, a CSS file, a manifest, a logo, a name. Pure functions over bytes; no I/O.
 *
 * Facts: EJ contract section 3 ("Theme evidence table", "HTTP-only exact oracle") with ej-corrections 9, 10, 27: main.css is a copy of one
 * main-<theme>.min.css, and all of these lie beside it, so byte-equality names the collected theme, also a custom one. The colours, texts
 * and hashes below are of EJ's own two themes and only second that. */
#ifndef EJMON_THEME_ORACLE_H
#define EJMON_THEME_ORACLE_H

#include "monitor/base/text.h"

/* One copy of a file as it was seen. */
enum theme_presence {
  THEME_NOT_LOOKED, /* could not be looked at, or was refused; says nothing */
  THEME_PRESENT,
  THEME_ABSENT,    /* nginx's own 404, or no such file */
  THEME_MISROUTED, /* something else than the file server answered: Django's 404, a page of HTML */
};
struct theme_file {
  enum theme_presence presence;
  int status;        /* of the answer over HTTP that was no file, 0: none */
  const char *bytes; /* borrowed; NULL where only the digest is known */
  size_t length;
  bool cut;           /* only the first `length` bytes are here */
  const char *digest; /* borrowed SHA-256 in hex, or NULL; asked only where bytes is NULL */
  const char *note;   /* borrowed: what the answer said about caches, or NULL */
};

/* "default", "cpa", or NULL when the bytes do not tell. The results are constants. */
const char *theme_of_page(const char *html, size_t length); /* of /start/ or /login/ */
const char *theme_of_colours(const char *css, size_t length);
const char *theme_of_manifest(const char *json, size_t length);
const char *theme_of_logo(const char *svg, size_t length);

bool theme_file_looked(const struct theme_file *file);
/* Where one of the two has no bytes, the digests decide. */
bool theme_file_equal(const struct theme_file *a, const struct theme_file *b);
/* Is `part` the beginning of `whole`, not empty, and shorter? Then it is a truncated copy. */
bool theme_file_is_part(const struct theme_file *part, const struct theme_file *whole);
/* An SVG whose root is not closed (</svg>, </s:svg>, <svg/>), a JSON object that does not end in }: cut off, whatever it should have been.
 */
bool theme_svg_is_cut(const struct theme_file *file);
bool theme_json_is_cut(const struct theme_file *file);

/* The first address of a page that names one of EJ's own static files outside of /static/ ("/assets/js/main.js": STATIC_URL was changed),
 * or NULL. free() it. */
char *theme_foreign_static(const char *html, size_t length) must_check;
/* Do headers of an answer show that a cache gave it? `note` as theme_file has it. */
bool theme_note_tells_cache(const char *note);

/* What is wrong with a value of EJ_THEME, as a sentence ("it is quoted: ..."), or NULL when it can be a theme's name (EJ contract section
 * 2, F05-F08). The empty string is not judged here. */
const char *theme_name_fault(const char *value);
/* The name that was probably meant: without quotes, blanks and folders, in lower case. free() it. */
char *theme_name_guess(const char *value) must_check;

#endif
