/* Fuzzes the reading of what the program in web prints, and the judging of it beside a few rows. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/postgres/db_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* An exact copy, so that the sanitizer sees every byte read too far. */
  char *bytes = xcalloc(size ? size : 1, 1);
  if (size) memcpy(bytes, data, size);
  struct db_image image;
  int r = db_image_read(bytes, size, &image);
  free(bytes);
  assert(r == 0 || image.file_count == 0);
  struct db_migration rows[] = {{(char[]){"ej_users"}, (char[]){"0001_first"}, 1}, {(char[]){"sites"}, (char[]){"0099_new"}, 2}};
  const struct db_schema schema = {.migrations = rows, .migration_count = countof(rows)};
  struct findings findings = {0};
  if (r == 0) {
    assert(image.root && image.engine && image.why && image.file_count <= DB_IMAGE_FILE_LIMIT);
    db_image_judge_engine(&image, &findings);
    db_image_judge_migrations(&image, &schema, &findings);
  }
  findings_free(&findings);
  db_image_free(&image);
  return 0;
}
