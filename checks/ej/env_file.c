/* Parses EJ's config.env and reads values as EJ does; see env_file.h. Opens no file. */
#include "checks/ej/env_file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

static void note_add(struct env_file *file, int line, const char *format, ...) format_like(3, 4);

static void note_add(struct env_file *file, int line, const char *format, ...) {
  if (file->note_count >= ENV_NOTE_LIMIT) return;
  struct text text = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&text, translated(format), arguments);
  va_end(arguments);
  struct env_note *note = array_push(&file->notes, &file->note_count, sizeof *note);
  *note = (struct env_note){.line = line, .text = text_steal(&text)};
}

/* A note, and the mark that something of the file is not known. */
static void cut_note(struct env_file *file, int line, const char *format, ...) format_like(3, 4);

static void cut_note(struct env_file *file, int line, const char *format, ...) {
  auto_text struct text sentence = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&sentence, translated(format), arguments);
  va_end(arguments);
  if (!file->cut) file->cut = text_format(translated("line %d: %s"), line, text_get(&sentence));
  note_add(file, line, "%s", text_get(&sentence));
}

/* A name for people: printable, and short. */
static char *name_show(const char *name, size_t length) {
  struct text text = {0};
  text_add_printable(&text, name, length, 64);
  return text_steal(&text);
}

static bool name_is_valid(const char *name, size_t length) {
  if (length == 0 || isdigit((unsigned char)*name)) return false;
  for (size_t i = 0; i < length; i++) {
    if (!isalnum((unsigned char)name[i]) && !strchr("_.-", name[i])) return false;
  }
  return true;
}

/* The inside of a quoted value as newer Compose reads it, or NULL when the quote does not end on this line. */
static char *quotes_strip(const char *value, size_t length, bool *ret_rest) {
  struct text inside = {0};
  char quote = value[0];
  size_t i = 1;
  for (; i < length && value[i] != quote; i++) {
    if (quote == '"' && value[i] == '\\' && i + 1 < length && strchr("\"\\$", value[i + 1])) i++;
    text_add_char(&inside, value[i]);
  }
  if (i >= length) {
    text_free(&inside);
    return NULL;
  }
  for (i++; i < length && is_blank(value[i]);) i++;
  *ret_rest = i < length && value[i] != '#';
  return text_steal(&inside);
}

/* Fills the two readings of a value from the bytes behind '='. */
static void value_read(struct env_file *file, struct env_entry *entry, const char *value, size_t length) {
  size_t end = length;
  while (end > 0 && is_blank(value[end - 1])) end--;
  if (end < length) note_add(file, entry->line, "%s: blanks at the end of the value: docker run keeps them, Compose does not", entry->name);
  entry->value = xstrndup(value, end);

  size_t start = 0;
  while (start < end && is_blank(value[start])) start++;
  if (start > 0) note_add(file, entry->line, "%s: blanks after '=' are part of the value for docker run and older Compose", entry->name);
  value += start;
  end -= start;

  if (end > 0 && (*value == '"' || *value == '\'')) {
    bool rest = false;
    entry->plain = quotes_strip(value, end, &rest);
    entry->quoted = true;
    if (!entry->plain) {
      note_add(file, entry->line, "%s: the quote is not closed on this line", entry->name);
    } else if (rest) {
      note_add(file, entry->line, "%s: something stands behind the closing quote", entry->name);
      free(entry->plain);
      entry->plain = NULL;
    } else {
      note_add(file, entry->line, "%s: the quotes are part of the value for docker run and Compose before 1.26: write it without them",
               entry->name);
    }
  } else {
    for (size_t i = 1; i < end && !entry->plain; i++) {
      if (value[i] != '#' || !is_blank(value[i - 1])) continue;
      note_add(file, entry->line, "%s: the comment is part of the value for docker run and Compose before 1.26: give it a line of its own",
               entry->name);
      while (i > 0 && is_blank(value[i - 1])) i--;
      entry->plain = xstrndup(value, i);
    }
  }
  if (!entry->plain) entry->plain = xstrndup(value, end);
  if (*entry->plain == '$') {
    note_add(file, entry->line,
             "%s: a value that begins with '$' makes EJ read the variable of that name instead; if there is none, EJ has no %s",
             entry->name, entry->name);
  }
}

/* One line without its end. The caller stops at ENV_ENTRY_LIMIT. */
static void line_read(struct env_file *file, const char *line, size_t length, int number) {
  while (length > 0 && is_blank(*line)) line++, length--;
  if (length == 0 || *line == '#') return;
  if (length > ENV_LINE_LIMIT) {
    cut_note(file, number, "the line is longer than %u KiB and is left out", ENV_LINE_LIMIT >> 10);
    return;
  }
  if (memchr(line, '\0', length)) {
    note_add(file, number, "the line holds a NUL byte and is left out");
    return;
  }
  static const char export[] = "export";
  bool exported = false;
  if (length > sizeof export && memcmp(line, export, sizeof export - 1) == 0 && is_blank(line[sizeof export - 1])) {
    note_add(file, number, "'export' is for shells: docker run refuses it, older Compose makes it part of the name");
    exported = true;
    line += sizeof export;
    length -= sizeof export;
    while (length > 0 && is_blank(*line)) line++, length--;
  }
  const char *equals = memchr(line, '=', length);
  size_t name_length = equals ? (size_t)(equals - line) : length;
  while (name_length > 0 && is_blank(line[name_length - 1])) name_length--;
  auto_free char *shown = name_show(line, name_length);
  if (!name_is_valid(line, name_length)) {
    note_add(file, number, "'%s' is no name of a variable; the line is left out", shown);
    return;
  }
  if (!equals) {
    note_add(file, number, "%s has no '=': docker takes its value from the shell that it was started in, which ejmon cannot see", shown);
    return;
  }
  if (line + name_length != equals)
    note_add(file, number, "%s: a blank before '=' makes docker refuse the line or misread the name", shown);
  struct env_entry *entry = array_push(&file->entries, &file->entry_count, sizeof *entry);
  entry->name = xstrndup(line, name_length);
  entry->line = number;
  entry->exported = exported;
  entry->blank_before = line + name_length != equals;
  long *last = names_at(&file->names, entry->name, name_length);
  if (*last) {
    const struct env_entry *before = &file->entries[*last - 1];
    note_add(file, number, "%s is set again (before in line %d); this last one counts", entry->name, before->line);
    entry->before = before->before + 1;
  }
  *last = (long)file->entry_count;
  value_read(file, entry, equals + 1, length - (size_t)(equals + 1 - line));
}

void env_file_parse(const char *bytes, size_t length, struct env_file *ret_file) {
  *ret_file = (struct env_file){0};
  if (length > ENV_FILE_LIMIT) {
    cut_note(ret_file, 1, "the file is larger than %u KiB; the rest is left out", ENV_FILE_LIMIT >> 10);
    length = ENV_FILE_LIMIT;
  }
  const char *end = bytes + length;
  if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
    note_add(ret_file, 1, "the file begins with a byte order mark, which some versions of docker make part of the first name");
    bytes += 3;
  }
  bool carriage_returns = false;
  for (int number = 1; bytes < end; number++) {
    if (ret_file->entry_count >= ENV_ENTRY_LIMIT) {
      cut_note(ret_file, number, "more than %u variables; the rest is left out", ENV_ENTRY_LIMIT);
      break;
    }
    const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
    size_t line_length = (size_t)((stop ? stop : end) - bytes);
    const char *next = stop ? stop + 1 : end;
    if (line_length > 0 && bytes[line_length - 1] == '\r') {
      line_length--;
      if (!carriage_returns)
        note_add(ret_file, number, "lines end in CR LF: harmless to docker, but a shell that sources the file keeps the CR");
      carriage_returns = true;
    }
    line_read(ret_file, bytes, line_length, number);
    bytes = next;
  }
}

void env_file_free(struct env_file *file) {
  if (!file) return;
  for (size_t i = 0; i < file->entry_count; i++) {
    free(file->entries[i].name);
    free(file->entries[i].value);
    free(file->entries[i].plain);
  }
  for (size_t i = 0; i < file->note_count; i++) free(file->notes[i].text);
  free(file->entries);
  free(file->notes);
  free(file->cut);
  names_free(&file->names);
  *file = (struct env_file){0};
}

const struct env_entry *env_file_find(const struct env_file *file, const char *name) {
  long place = names_get(&file->names, name, strlen(name));
  return place ? &file->entries[place - 1] : NULL;
}

/* Python's int(): blanks around, one sign, digits with single '_' between them. */
static bool python_integer(const char *value, bool *ret_zero) {
  const char *end = value + strlen(value);
  while (value < end && isspace((unsigned char)*value)) value++;
  while (end > value && isspace((unsigned char)end[-1])) end--;
  if (value < end && (*value == '-' || *value == '+')) value++;
  bool zero = true, digit_before = false;
  for (; value < end; value++) {
    if (isdigit((unsigned char)*value)) {
      zero = zero && *value == '0';
      digit_before = true;
    } else if (*value == '_' && digit_before && value + 1 < end) {
      digit_before = false;
    } else {
      return false;
    }
  }
  *ret_zero = zero;
  return digit_before;
}

bool env_read_bool(const char *value) {
  static const char *const truths[] = {"true", "on", "ok", "y", "yes", "1"};
  bool zero;
  if (!value) return false;
  if (python_integer(value, &zero)) return !zero;
  for (size_t i = 0; i < countof(truths); i++) {
    if (text_equal_nocase(value, truths[i])) return true;
  }
  return false;
}

char **env_read_list(const char *value) {
  char **list = NULL;
  size_t count = 0;
  while (value && *value) {
    size_t length = strcspn(value, ",");
    if (length > 0) {
      auto_free char *item = xstrndup(value, length);
      strings_append(&list, &count, item);
    }
    value += length;
    if (*value == ',') value++;
  }
  return list ? list : xcalloc(1, sizeof *list);
}

const char *env_read_indirection(const char *value) {
  if (!value || *value != '$') return NULL;
  return value + strspn(value, "$");
}
