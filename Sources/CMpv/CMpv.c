// For RTLD_DEFAULT.
#define _GNU_SOURCE

#include "CMpv.h"

#include "groups.h"

#include <dlfcn.h>

/// The one with the interface that the header describes: its number changes when a program that was
/// built for another would not run with it.
static const char library_name[] = "libmpv.so.2";

static struct cmpv_functions functions;

static _Bool find_in(void *library) {
#define CMPV_FIND(name)                                                       \
    functions.name = (__typeof__(functions.name))dlsym(library, "mpv_" #name); \
    if (!functions.name) return 0;
    CMPV_FUNCTIONS(CMPV_FIND)
#undef CMPV_FIND
    return 1;
}

const struct cmpv_functions *cmpv_find(void) {
    if (find_in(RTLD_DEFAULT)) return &functions;
    // A program may have loaded it for itself alone.
    void *library = dlopen(library_name, RTLD_LAZY | RTLD_NOLOAD);
    return library && find_in(library) ? &functions : NULL;
}

void *cmpv_load(const char **reason) {
    cmpv_load_in_groups(library_name);
    // For all to see, as if it were linked: mpv loads plugins of the user's, which look for it.
    void *library = dlopen(library_name, RTLD_LAZY | RTLD_GLOBAL);
    if (!library) *reason = dlerror();
    return library;
}
