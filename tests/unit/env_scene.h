/* A config.env and a web container to judge, made of their lines. */
#ifndef EJMON_TESTS_ENV_SCENE_H
#define EJMON_TESTS_ENV_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "checks/env/env_chain.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef"
#define PASSWORD "q8Zr-canary-Lm3"
#define DATABASE "DJANGO_DB_URL=psql://ej:" PASSWORD "@postgres:5432/db\n"
#define BASE "DJANGO_HOSTNAME=ej.example.org\nDJANGO_SECRET_KEY=" KEY "\n"
#define R "https://chat.example.org"
#define ROCKET "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=" R "\n"
#define HEALTHY BASE DATABASE

struct scene {
  struct env_file file;
  char **container;
  struct env_view view;
};

/* container: lines as of a file, or NULL: nobody looked. */
static inline void scene_make(struct scene *scene, const char *file, const char *container, char generation) {
  *scene = (struct scene){.view = {.generation = generation}};
  if (file) {
    env_file_parse(file, strlen(file), &scene->file);
    scene->view.file = &scene->file;
    scene->view.file_name = "config.env";
  }
  for (const char *p = container; p && *p;) {
    size_t length = strcspn(p, "\n");
    char *line = xstrndup(p, length);
    strings_push(&scene->container, line);
    free(line);
    p += length + (p[length] == '\n');
  }
  scene->view.container = scene->container;
  scene->view.container_looked = container != NULL;
}

static inline void scene_free(struct scene *scene) {
  env_file_free(&scene->file);
  strings_free(scene->container);
}

#endif
