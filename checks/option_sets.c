/* What a shared set of keys means where some are unset; see option_sets.h. */
#include "checks/option_sets.h"

const char *const generation_choices[] = {"auto", "A", "B", "C", NULL};
const char *const stack_service_names[STACK_SERVICE_COUNT] = {"web", "nginx", "postgres", "mongo", "rocketchat"};

struct place place_of(const struct place_options *options, const char *service) {
  return (struct place){.docker = options->docker,
                        .project = options->project,
                        .service = options->service ? options->service : service,
                        .command = options->command};
}

const char *stack_service(const struct stack_options *options, enum stack_service service) {
  return options->services[service] ? options->services[service] : stack_service_names[service];
}
