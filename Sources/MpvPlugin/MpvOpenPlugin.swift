// What does mpv call when it loads the plugin?

import MpvPlayer
import PartyModel

/// Runs the plugin until mpv quits, on a thread of its own that mpv gives it.
///
/// mpv finds it by its name; what it returns only matters where it is not 0, as a failure in mpv's
/// log.
@_cdecl("mpv_open_cplugin")
public func openPlugin(_ handle: OpaquePointer?) -> CInt {
    guard let handle = unsafe handle, let lender = try? unsafe MpvLender(lent: handle) else {
        return -1
    }
    let session = PluginSession(lender)
    lender.run { session.hear($0) }
    session.end()
    return 0
}
