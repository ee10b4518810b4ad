/* Reads what the program in web says, and holds the image's migration files against the rows of the database; see db_image.h. Pure. */
#include "checks/postgres/db_image.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "checks/postgres/db_codes.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"
#include "monitor/base/names.h"

#define ANSWER "EJMON {"
#define NUMBER_MOST 1000000000L /* a migration's number counts up to here: names are the image's to choose */

void db_image_free(struct db_image *image) {
  for (size_t i = 0; i < image->file_count; i++) {
    struct db_file *file = &image->files[i];
    for (size_t k = 0; k < file->replace_count; k++) {
      free(file->replaces[k].app);
      free(file->replaces[k].name);
    }
    free(file->replaces);
    free(file->app);
    free(file->name);
  }
  free(image->files);
  free(image->root);
  free(image->engine);
  free(image->why);
  free(image->sqlite);
  free(image->call);
  strings_free(image->marks);
  strings_free(image->names);
  *image = (struct db_image){0};
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------- */

static const char *string_at(const json_t *array, size_t index) {
  return json_string_value(json_array_get(array, index));
}

static char *copy_of(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return xstrdup(value ? value : "");
}

static void read_file(struct db_image *image, const json_t *row) {
  const char *app = string_at(row, 0), *name = string_at(row, 1);
  if (!app || !name) return;
  struct db_file *file = array_push(&image->files, &image->file_count, sizeof *file);
  *file = (struct db_file){.app = xstrdup(app), .name = xstrdup(name), .unreadable = json_is_null(json_array_get(row, 2))};
  const json_t *replaced;
  size_t index;
  json_array_foreach(json_array_get(row, 2), index, replaced) {
    if (!string_at(replaced, 0) || !string_at(replaced, 1)) continue;
    struct db_migration *target = array_push(&file->replaces, &file->replace_count, sizeof *target);
    *target = (struct db_migration){.app = xstrdup(string_at(replaced, 0)), .name = xstrdup(string_at(replaced, 1))};
  }
}

int db_image_read(const char *output, size_t length, struct db_image *ret_image) {
  *ret_image = (struct db_image){0};
  const char *start = text_find(output, length, ANSWER, false);
  if (!start) return -EPROTO;
  start += strlen(ANSWER) - 1;
  size_t left = length - (size_t)(start - output);
  const char *end = memchr(start, '\n', left);
  json_error_t where;
  json_t *answer = json_loadb(start, end ? (size_t)(end - start) : left, JSON_REJECT_DUPLICATES, &where);
  if (!answer) return -EPROTO;
  const json_t *row, *sqlite = json_object_get(answer, "sqlite");
  size_t index, marks = 0, names = 0;
  json_array_foreach(json_object_get(answer, "files"), index, row) {
    if (index < DB_IMAGE_FILE_LIMIT) read_file(ret_image, row);
  }
  json_array_foreach(json_object_get(answer, "marks"), index, row) {
    if (json_is_string(row) && index < DB_IMAGE_FILE_LIMIT) strings_append(&ret_image->marks, &marks, json_string_value(row));
  }
  json_array_foreach(json_object_get(answer, "names"), index, row) {
    if (json_is_string(row) && index < DB_IMAGE_FILE_LIMIT) strings_append(&ret_image->names, &names, json_string_value(row));
  }
  ret_image->root = copy_of(answer, "root");
  ret_image->engine = copy_of(answer, "engine");
  ret_image->why = copy_of(answer, "why");
  if (json_is_object(sqlite)) {
    ret_image->sqlite = copy_of(sqlite, "path");
    ret_image->size = json_number_value(json_object_get(sqlite, "size"));
    ret_image->age = json_number_value(json_object_get(sqlite, "age"));
    ret_image->users = json_number_value(json_object_get(sqlite, "users"));
  }
  if (json_is_string(json_object_get(answer, "call"))) ret_image->call = copy_of(answer, "call");
  json_decref(answer);
  return 0;
}

/* --- migrations ---------------------------------------------------------------------------------------------------------------------- */

/* All that is asked of files and rows, by "app.name" or by app. */
struct index {
  struct names files;    /* of the image: 1 */
  struct names replaced; /* the place of the first file that replaces this one, from 1 on */
  struct names rows;     /* of the database: 1; and every app that has one */
  struct names apps;     /* of the image: KNOWN or UNKNOWABLE */
  struct names numbers;  /* the highest of an app's files, +2 */
  struct names orders;   /* of the last row of an app that the image knows, +2 */
  char **keys;
  size_t key_count;
};
#define KNOWN 1
#define UNKNOWABLE 2 /* one file whose `replaces` cannot be read: any row might be one that it replaces */

static char *key_of(const char *app, const char *name) {
  return text_format("%s\n%s", app, name);
}

static long *put(struct index *index, struct names *names, const char *app, const char *name) {
  auto_free char *key = key_of(app, name);
  strings_append(&index->keys, &index->key_count, key);
  const char *kept = index->keys[index->key_count - 1];
  return names_at(names, kept, strlen(kept));
}

static long get(const struct names *names, const char *app, const char *name) {
  auto_free char *key = key_of(app, name);
  return names_get(names, key, strlen(key));
}

static long number_of(const char *name) {
  char *end;
  long number = strtol(name, &end, 10);
  if (end == name) return -1;
  return number < NUMBER_MOST ? number : NUMBER_MOST;
}

static long *of_app(struct names *names, const char *app) {
  return names_at(names, app, strlen(app));
}

static long get_app(const struct names *names, const char *app) {
  return names_get(names, app, strlen(app));
}

static void raise_to(long *number, long value) {
  if (value > *number) *number = value;
}

static void index_files(struct index *index, const struct db_image *image) {
  for (size_t i = 0; i < image->file_count; i++) {
    const struct db_file *file = &image->files[i];
    *put(index, &index->files, file->app, file->name) = 1;
    raise_to(of_app(&index->apps, file->app), file->unreadable ? UNKNOWABLE : KNOWN);
    raise_to(of_app(&index->numbers, file->app), number_of(file->name) + 2);
    for (size_t k = 0; k < file->replace_count; k++) {
      long *first = put(index, &index->replaced, file->replaces[k].app, file->replaces[k].name);
      if (!*first) *first = (long)i + 1;
    }
  }
}

static bool image_knows(const struct index *index, const struct db_migration *row) {
  return get(&index->files, row->app, row->name) || get(&index->replaced, row->app, row->name);
}

static void index_rows(struct index *index, const struct db_schema *schema) {
  for (size_t i = 0; i < schema->migration_count; i++) {
    const struct db_migration *row = &schema->migrations[i];
    *put(index, &index->rows, row->app, row->name) = 1;
    *of_app(&index->rows, row->app) = 1;
    if (image_knows(index, row)) raise_to(of_app(&index->orders, row->app), row->order + 2);
  }
}

static void index_free(struct index *index) {
  names_free(&index->files);
  names_free(&index->replaced);
  names_free(&index->rows);
  names_free(&index->apps);
  names_free(&index->numbers);
  names_free(&index->orders);
  strings_free(index->keys);
}

static bool recorded(const struct index *index, const char *app, const char *name) {
  return get(&index->rows, app, name) != 0;
}

/* How many of those that a squash replaces are recorded. A target that is a squash itself counts by its own row: deeper nesting does not
 * exist in EJ. */
static size_t recorded_count(const struct db_file *file, const struct index *index) {
  size_t count = 0;
  for (size_t i = 0; i < file->replace_count; i++) count += recorded(index, file->replaces[i].app, file->replaces[i].name);
  return count;
}

static bool is_applied(const struct db_file *file, const struct index *index) {
  if (file->replace_count == 0) return recorded(index, file->app, file->name);
  return recorded_count(file, index) == file->replace_count;
}

static bool is_broken(const struct db_file *file, const struct index *index) {
  size_t count = recorded_count(file, index);
  return count > 0 && count < file->replace_count;
}

/* Apps without a single row may not be installed at all (ej_rocketchat with the integration off). */
static bool is_worth_a_look(const struct index *index, const struct db_file *file) {
  return get_app(&index->apps, file->app) == KNOWN && get_app(&index->rows, file->app);
}

static void judge_broken(const struct db_image *image, const struct index *index, struct findings *findings) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < image->file_count; i++) {
    const struct db_file *file = &image->files[i];
    if (!is_worth_a_look(index, file) || !is_broken(file, index)) continue;
    if (!finding) {
      finding = finding_add(findings, &DB_MIGRATIONS_BROKEN, "Of the %zu migrations that %s.%s replaces, only %zu are recorded.",
                            file->replace_count, file->app, file->name, recorded_count(file, index));
    }
    for (size_t k = 0; k < file->replace_count; k++) {
      const struct db_migration *target = &file->replaces[k];
      auto_free char *what = text_format("%s.%s", target->app, target->name);
      bool there = recorded(index, target->app, target->name);
      finding_evidence(finding, what, "all of them or none", "%s%s", there ? translated("recorded") : translated("not recorded"),
                       get(&index->files, target->app, target->name) ? "" : translated(", and the image has no such file"));
    }
  }
  if (!finding) finding_pass(findings, &DB_MIGRATIONS_BROKEN);
}

static void judge_pending(const struct db_image *image, const struct index *index, struct findings *findings) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < image->file_count; i++) {
    const struct db_file *file = &image->files[i];
    long instead = get(&index->replaced, file->app, file->name);
    if (!is_worth_a_look(index, file) || is_applied(file, index) || is_broken(file, index)) continue;
    if (instead && !is_broken(&image->files[instead - 1], index)) continue; /* Django takes the squash in its place */
    if (!finding) {
      finding =
          finding_add(findings, &DB_MIGRATIONS_PENDING, "The image has %s.%s, and the database does not record it.", file->app, file->name);
    }
    auto_free char *what = text_format("%s.%s", file->app, file->name);
    finding_evidence(finding, what, "a row in django_migrations", "%s",
                     file->replace_count == 0                 ? translated("none")
                     : recorded(index, file->app, file->name) ? translated("its own row, and none of those that it replaces: Django "
                                                                           "takes it for not applied")
                                                              : translated("neither its row nor those that it replaces"));
  }
  if (!finding) finding_pass(findings, &DB_MIGRATIONS_PENDING);
}

/* Does this row come after everything that the image knows of the app: by the order of recording, or by its number? What is unknown and
 * older is left behind by a squash whose files are gone, and harms nobody. */
static bool is_later(const struct index *index, const struct db_migration *row) {
  return number_of(row->name) + 2 > get_app(&index->numbers, row->app) ||
         (row->order > 0 && row->order + 2 > get_app(&index->orders, row->app));
}

static void judge_ahead(const struct index *index, const struct db_schema *schema, struct findings *findings) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < schema->migration_count; i++) {
    const struct db_migration *row = &schema->migrations[i];
    if (get_app(&index->apps, row->app) != KNOWN || image_knows(index, row) || !is_later(index, row)) continue;
    if (!finding) {
      finding = finding_add(findings, &DB_MIGRATIONS_AHEAD, "The database records %s.%s, which the image in use does not know.", row->app,
                            row->name);
    }
    auto_free char *what = text_format("%s.%s", row->app, row->name);
    finding_evidence(finding, what, "a file of the image, or a name that one of them replaces", "a row without either%s",
                     strstr(row->name, "_auto_") ? translated("; such names are made by makemigrations (inv db without -m)") : "");
  }
  if (!finding) finding_pass(findings, &DB_MIGRATIONS_AHEAD);
}

void db_image_judge_migrations(const struct db_image *image, const struct db_schema *schema, struct findings *findings) {
  if (image->file_count == 0) return;
  struct index index = {0};
  index_files(&index, image);
  index_rows(&index, schema);
  judge_broken(image, &index, findings);
  judge_pending(image, &index, findings);
  judge_ahead(&index, schema, findings);
  index_free(&index);
}

/* --- SQLite -------------------------------------------------------------------------------------------------------------------------- */

void db_image_judge_engine(const struct db_image *image, struct findings *findings) {
  if (text_equal(image->engine, "postgresql")) {
    finding_pass(findings, &DB_SQLITE_IN_USE);
    return;
  }
  /* Without the file nothing was ever served from it: the environment alone is the env check's matter. */
  if (!text_equal(image->engine, "sqlite") || !image->sqlite) return;
  struct finding *finding =
      finding_add(findings, &DB_SQLITE_IN_USE, "EJ serves from an SQLite file inside its container; PostgreSQL stands unused beside it.");
  finding_evidence(finding, "the web container's environment", "DJANGO_DB_URL with psql://", "%s", translated(image->why));
  finding_evidence(finding, image->sqlite, "no such file", "%.0f kB, %.0f accounts, last written %.0f s ago", image->size / 1024,
                   image->users, image->age);
}

/* --- Rocket.Chat --------------------------------------------------------------------------------------------------------------------- */

/* What db_image_program.c says in fixed words; the reasons of the system are foreign text. */
static const char *const program_words[] __attribute__((unused)) = {
    translatable("no TLS at a port of https"),
    translatable("no answer"),
    translatable("no answer of http"),
    translatable("this is no address of http"),
    translatable("no answer within 4 s"),
    translatable("DB_HOST is set"),
    translatable("DJANGO_DB_URL is not set"),
    translatable("DB_HOST is db, and DJANGO_DB_URL is not set"),
    translatable("DJANGO_DB_URL begins with psql"),
    translatable("DJANGO_DB_URL begins with postgres"),
    translatable("DJANGO_DB_URL begins with postgresql"),
    translatable("DJANGO_DB_URL begins with sqlite"),
};

void db_image_judge_call(const struct db_image *image, const char *url, struct findings *findings) {
  if (!url || !image->call) return;
  if (!*image->call) {
    finding_pass(findings, &DB_ROCKET_OUT_OF_REACH);
    return;
  }
  auto_free char *full = strstr(url, "://") ? xstrdup(url) : text_format("http://%s", url); /* as EJ completes it */
  auto_free char *origin = http_origin(full);
  auto_text struct text words = {0};
  const char *call = translated(image->call);
  text_add_printable(&words, call, strlen(call), DB_IMAGE_WORDS_LIMIT);
  struct finding *finding =
      finding_add(findings, &DB_ROCKET_OUT_OF_REACH, "From inside of web nothing answers where EJ calls Rocket.Chat.");
  finding_evidence(finding, origin ? origin : translatable("the active row's api_url"), "an answer", "%s", text_get(&words));
}
