// libmpv's client API and its custom-stream API, as one module for Swift.
#include <mpv/client.h>
#include <mpv/stream_cb.h>
