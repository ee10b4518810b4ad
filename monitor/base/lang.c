/* Chooses the language and looks texts up in the catalogues; see lang.h. */
#include "monitor/base/lang.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct language *_Atomic chosen; /* NULL: English */
static bool fixed;                            /* by --lang */
static _Thread_local struct {
  bool held;
  const struct language *language;
} scope; /* of a thread that reads a configuration: its own language */

static const struct language *language_now(void) {
  return scope.held ? scope.language : chosen;
}

/* Whether `name`, of this length, is that language: "pt_BR", "pt-br", or with `loosely` any "pt" and "pt_XX". */
static bool is_language(const char *name, size_t length, const char *language, bool loosely) {
  size_t want = loosely ? strcspn(language, "_") : strlen(language);
  if (loosely) length = length < want || !strchr("_-", name[want]) ? length : want;
  if (length != want) return false;
  for (size_t i = 0; i < want; i++) {
    char c = name[i] == '-' ? '_' : name[i];
    if (tolower((unsigned char)c) != tolower((unsigned char)language[i])) return false;
  }
  return true;
}

static int look_up(const char *name, size_t length, const struct language **ret_language) {
  size_t bare = strcspn(name, ".@:"); /* without ".UTF-8" and "@euro" */
  if (bare < length) length = bare;
  static const char *const english[] = {"en", "C", "POSIX"};
  for (size_t i = 0; i < countof(english); i++) {
    if (!is_language(name, length, english[i], i == 0)) continue;
    *ret_language = NULL;
    return 0;
  }
  for (int loosely = 0; loosely <= 1; loosely++) {
    for (const struct language *language = languages; language->name; language++) {
      if (!is_language(name, length, language->name, loosely)) continue;
      *ret_language = language;
      return 0;
    }
  }
  return -ENOENT;
}

int lang_choose(const char *name) {
  const struct language *language;
  int r = look_up(name, strlen(name), &language);
  if (r == 0) chosen = language;
  return r;
}

static const struct language *environment_language(void) {
  static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  const char *locale = NULL;
  const struct language *language = NULL;
  for (size_t i = 0; i < countof(variables) && !(locale && *locale); i++) locale = getenv(variables[i]);
  if (!locale || !*locale || text_equal(locale, "C") || text_equal(locale, "POSIX")) return NULL;
  const char *list = getenv("LANGUAGE");
  if (!list || !*list) list = locale;
  while (*list) {
    size_t length = strcspn(list, ":");
    if (length > 0 && look_up(list, length, &language) == 0) return language;
    list += length + (list[length] == ':');
  }
  return NULL;
}

void lang_choose_by_environment(void) {
  chosen = environment_language();
}

int lang_fix(const char *name) {
  int r = lang_choose(name);
  if (r == 0) fixed = true;
  return r;
}

int lang_choose_by_conf(const char *name) {
  if (fixed) return 0;
  if (name) return lang_choose(name);
  lang_choose_by_environment();
  return 0;
}

int lang_scope_by_conf(const char *name) {
  if (fixed) return 0;
  const struct language *language = NULL;
  int r = 0;
  if (name) {
    r = look_up(name, strlen(name), &language);
  } else {
    language = environment_language();
  }
  if (r == 0) scope.language = language;
  if (r == 0) scope.held = true;
  return r;
}

void lang_scope_end(void) {
  scope.held = false;
}

const char *lang_name(void) {
  const struct language *language = language_now();
  return language ? language->name : "en";
}

/* The GNU .mo format (gettext manual, "The Format of GNU MO Files"), little-endian: the count stands at 8, the offsets of two tables of
 * (length, offset) at 12 and 16: of the originals, in the order of strcmp(), and of their translations. An original with a key is
 * "key\004original". What stands here msgfmt has written when ejmon was built. */
static uint32_t word_at(const unsigned char *bytes, size_t offset) {
  bytes += offset;
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static const char *original_at(const unsigned char *catalogue, size_t index) {
  return (const char *)catalogue + word_at(catalogue, word_at(catalogue, 12) + 8 * index + 4);
}

static const char *translation_at(const unsigned char *catalogue, size_t index) {
  return (const char *)catalogue + word_at(catalogue, word_at(catalogue, 16) + 8 * index + 4);
}

/* How the wanted key and English stand to "key\004english" or "english" of a catalogue, as strcmp(). */
static int compare(const char *key, const char *english, const char *original) {
  if (key) {
    size_t length = strlen(key);
    int r = strncmp(key, original, length);
    if (r == 0) r = '\004' - (unsigned char)original[length];
    if (r != 0) return r;
    original += length + 1;
  }
  return strcmp(english, original);
}

static const char *find(const char *key, const char *english) {
  const struct language *language = language_now();
  if (!language || !english) return english;
  size_t low = 0, high = word_at(language->catalogue, 8);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = compare(key, english, original_at(language->catalogue, middle));
    if (order == 0) return translation_at(language->catalogue, middle);
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return english;
}

void lang_walk(const struct language *language, lang_visitor *visit, void *context) {
  for (size_t i = 0; i < word_at(language->catalogue, 8); i++) {
    const char *original = original_at(language->catalogue, i), *mark = strchr(original, '\004');
    auto_free char *key = mark ? xstrndup(original, (size_t)(mark - original)) : NULL;
    if (*original) visit(context, key, mark ? mark + 1 : original, translation_at(language->catalogue, i)); /* "": the file's own header */
  }
}

const char *translated(const char *english) {
  return find(NULL, english);
}

const char *translated_as(const char *key, const char *english) {
  return find(key, english);
}

/* libc's own words for what files, sockets, processes and patterns say; it has no other language in a container from scratch. */
static const char *const error_texts[] __attribute__((unused)) = {
    translatable("Operation not permitted"),
    translatable("No such file or directory"),
    translatable("Interrupted system call"),
    translatable("Input/output error"),
    translatable("Argument list too long"),
    translatable("Exec format error"),
    translatable("No child processes"),
    translatable("Resource temporarily unavailable"),
    translatable("Cannot allocate memory"),
    translatable("Permission denied"),
    translatable("Device or resource busy"),
    translatable("File exists"),
    translatable("Not a directory"),
    translatable("Is a directory"),
    translatable("Invalid argument"),
    translatable("Too many open files"),
    translatable("Text file busy"),
    translatable("File too large"),
    translatable("No space left on device"),
    translatable("Read-only file system"),
    translatable("Broken pipe"),
    translatable("File name too long"),
    translatable("Too many levels of symbolic links"),
    translatable("Protocol error"),
    translatable("Bad message"),
    translatable("Value too large for defined data type"),
    translatable("Message too long"),
    translatable("Operation not supported"),
    translatable("Address family not supported by protocol"),
    translatable("Address already in use"),
    translatable("Cannot assign requested address"),
    translatable("Network is down"),
    translatable("Network is unreachable"),
    translatable("Connection reset by peer"),
    translatable("No buffer space available"),
    translatable("Transport endpoint is not connected"),
    translatable("Connection timed out"),
    translatable("Connection refused"),
    translatable("Host is down"),
    translatable("No route to host"),
    translatable("Stale file handle"),
    translatable("Disk quota exceeded"),
    translatable("Operation canceled"),
    translatable("Key was rejected by service"),
    translatable("Success"),
    translatable("Name or service not known"), /* of gai_strerror() */
    translatable("Temporary failure in name resolution"),
    translatable("No address associated with hostname"),
    translatable("Invalid regular expression"), /* of regerror() */
    translatable("Invalid collation character"),
    translatable("Invalid character class name"),
    translatable("Trailing backslash"),
    translatable("Invalid back reference"),
    translatable("Unmatched [, [^, [:, [., or [="),
    translatable("Unmatched ( or \\("),
    translatable("Unmatched \\{"),
    translatable("Invalid content of \\{\\}"),
    translatable("Invalid range end"),
    translatable("Memory exhausted"),
    translatable("Premature end of regular expression"),
    translatable("Regular expression too big"),
    translatable("Unmatched ) or \\)"),
};

const char *lang_error(int error) {
  return translated(strerror(error));
}

const char *lang_comment(const char *line) {
  if (text_starts(line, "# ")) return line + 2;
  const char *mark = strstr(line, "  # ");
  return mark ? mark + 4 : NULL;
}

void lang_add_command(struct text *text, const char *line) {
  const char *comment = lang_comment(line);
  if (!comment) {
    text_add(text, line);
    return;
  }
  text_add_bytes(text, line, (size_t)(comment - line));
  text_add(text, translated(comment));
}
