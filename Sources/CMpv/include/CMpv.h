// libmpv's client API and its custom-stream API, as one module for Swift.
//
// The library is not linked but looked up when the first player starts. It brings more than two
// hundred others with it, and a program that is linked with them does nothing before all of them are
// in place, a tenth of a second and more; so long a host is not called yet, and a program without a
// player never needs them. The types of all functions are the header's all the same.

#ifndef CMPV_H
#define CMPV_H

#include <mpv/client.h>
#include <mpv/stream_cb.h>

/// The functions of libmpv that are called, each under its own name without `mpv_`.
#define CMPV_FUNCTIONS(FUNCTION)   \
    FUNCTION(client_api_version)   \
    FUNCTION(client_name)          \
    FUNCTION(command_node)         \
    FUNCTION(command_node_async)   \
    FUNCTION(create)               \
    FUNCTION(create_client)        \
    FUNCTION(destroy)              \
    FUNCTION(error_string)         \
    FUNCTION(free_node_contents)   \
    FUNCTION(get_property)         \
    FUNCTION(hook_add)             \
    FUNCTION(hook_continue)        \
    FUNCTION(initialize)           \
    FUNCTION(load_config_file)     \
    FUNCTION(observe_property)     \
    FUNCTION(request_log_messages) \
    FUNCTION(set_option_string)    \
    FUNCTION(set_property)         \
    FUNCTION(set_property_async)   \
    FUNCTION(stream_cb_add_ro)     \
    FUNCTION(terminate_destroy)    \
    FUNCTION(wait_event)           \
    FUNCTION(wakeup)

/// libmpv, as far as it is called.
struct cmpv_functions {
#define CMPV_DECLARE(name) __typeof__(mpv_##name) *_Nonnull name;
    CMPV_FUNCTIONS(CMPV_DECLARE)
#undef CMPV_DECLARE
};

_Static_assert(MPV_CLIENT_API_VERSION >> 16 == 2, "the library that is looked for has this number");

/// Finds libmpv's functions in this process.
///
/// They are the program's own where that is mpv, or of a library that it has loaded. A handle that was
/// lent goes with these and no others. Not to be called by two threads at a time; `NULL` where they are
/// not, or not all of them.
const struct cmpv_functions *_Nullable cmpv_find(void);

/// Loads libmpv, which stays.
///
/// Blocks. `NULL` where there is none; then `reason` is a text that holds until the thread's next call of
/// the loader.
void *_Nullable cmpv_load(const char *_Nullable *_Nonnull reason);

#endif
