/* Kept statements, and rows as their tables of members say; see store_sql.h. */
#include "monitor/store/store_sql.h"

#include <errno.h>
#include <stdlib.h>

int sql_errno(int code) {
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return -EBUSY;
    case SQLITE_FULL:
      return -ENOSPC;
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return -EACCES;
    default:
      return -EIO;
  }
}

int sql_run(sqlite3 *database, const char *statements) {
  int code = sqlite.exec(database, statements, NULL, NULL, NULL);
  return code == SQLITE_OK ? 0 : sql_errno(code);
}

void sql_close(sqlite3 *database) {
  if (!database) return;
  for (sqlite3_stmt *statement; (statement = sqlite.next_stmt(database, NULL));) sqlite.finalize(statement);
  sqlite.close(database);
}

/* The connection's own list is the list of what is kept: a score of statements at most. */
int sql_prepare(sqlite3 *database, const char *sql, sqlite3_stmt **ret_statement) {
  for (sqlite3_stmt *kept = sqlite.next_stmt(database, NULL); kept; kept = sqlite.next_stmt(database, kept)) {
    if (!text_equal(sqlite.sql(kept), sql)) continue;
    *ret_statement = kept;
    return 0;
  }
  int code = sqlite.prepare_v2(database, sql, -1, ret_statement, NULL);
  return code == SQLITE_OK ? 0 : sql_errno(code);
}

void sql_bind_text(sqlite3_stmt *statement, int place, const char *value) {
  sqlite.bind_text(statement, place, value ? value : "", -1, SQLITE_STATIC);
}

int sql_finish(sqlite3_stmt *statement) {
  int code = sqlite.step(statement);
  sqlite.reset(statement);
  return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : sql_errno(code);
}

/* --- rows in --------------------------------------------------------------------------------------------------------------- */

static void put_columns(const struct row_type *type, struct text *sql) {
  for (size_t i = 0; i < type->field_count; i++) text_printf(sql, "%s\"%s\"", i ? ", " : "", type->fields[i].name);
}

static void put_update(const struct row_type *type, struct text *sql) {
  const char *before = " ON CONFLICT (";
  for (size_t i = 0; i < type->field_count; i++) {
    if (!type->fields[i].key) continue;
    text_printf(sql, "%s\"%s\"", before, type->fields[i].name);
    before = ", ";
  }
  before = ") DO UPDATE SET ";
  for (size_t i = 0; i < type->field_count; i++) {
    const char *name = type->fields[i].name;
    if (type->fields[i].key) continue;
    text_printf(sql, "%s\"%s\" = excluded.\"%s\"", before, name, name);
    before = ", ";
  }
}

static char *put_sql(const struct row_type *type, bool or_update) {
  struct text sql = {0};
  text_printf(&sql, "INSERT INTO %s (", type->table);
  put_columns(type, &sql);
  text_add(&sql, ") VALUES (");
  for (size_t i = 0; i < type->field_count; i++) text_printf(&sql, "%s?%zu", i ? ", " : "", i + 1);
  text_add(&sql, ")");
  if (or_update) put_update(type, &sql);
  return text_steal(&sql);
}

static void bind_field(sqlite3_stmt *statement, int place, const struct row_field *field, const void *row) {
  const void *member = (const char *)row + field->offset;
  switch (field->kind) {
    case FIELD_TEXT:
      sql_bind_text(statement, place, *(char *const *)member);
      break;
    case FIELD_REAL: {
      double value = *(const double *)member;
      if (field->absent && value == 0) {
        sqlite.bind_null(statement, place);
      } else {
        sqlite.bind_double(statement, place, value);
      }
      break;
    }
    case FIELD_WHOLE:
      sqlite.bind_int64(statement, place, *(const long *)member);
      break;
    case FIELD_FLAG:
      sqlite.bind_int64(statement, place, *(const bool *)member);
      break;
  }
}

int sql_prepare_put(sqlite3 *database, const struct row_type *type, bool or_update, sqlite3_stmt **ret_statement) {
  auto_free char *sql = put_sql(type, or_update);
  return sql_prepare(database, sql, ret_statement);
}

int sql_put(sqlite3_stmt *statement, const struct row_type *type, const void *row) {
  for (size_t i = 0; i < type->field_count; i++) bind_field(statement, (int)i + 1, &type->fields[i], row);
  return sql_finish(statement);
}

/* --- rows out -------------------------------------------------------------------------------------------------------------- */

static void read_field(sqlite3_stmt *statement, int column, const struct row_field *field, void *row) {
  void *member = (char *)row + field->offset;
  switch (field->kind) {
    case FIELD_TEXT: {
      const char *value = (const char *)sqlite.column_text(statement, column);
      *(char **)member = xstrdup(value ? value : "");
      break;
    }
    case FIELD_REAL:
      *(double *)member = sqlite.column_double(statement, column);
      break;
    case FIELD_WHOLE:
      *(long *)member = sqlite.column_int64(statement, column);
      break;
    case FIELD_FLAG:
      *(bool *)member = sqlite.column_int64(statement, column) != 0;
      break;
  }
}

int sql_get(sqlite3 *database, const struct row_type *type, const char *rest, const double *bound, void *items, size_t *count) {
  auto_text struct text sql = {0};
  sqlite3_stmt *statement;
  text_add(&sql, "SELECT ");
  put_columns(type, &sql);
  text_printf(&sql, " FROM %s %s", type->table, rest);
  int r = sql_prepare(database, text_get(&sql), &statement);
  if (r < 0) return r;
  if (bound) sqlite.bind_double(statement, 1, *bound);
  int code;
  while ((code = sqlite.step(statement)) == SQLITE_ROW) {
    void *row = array_push(items, count, type->size);
    for (size_t i = 0; i < type->field_count; i++) read_field(statement, (int)i, &type->fields[i], row);
  }
  sqlite.reset(statement);
  return code == SQLITE_DONE ? 0 : sql_errno(code);
}
