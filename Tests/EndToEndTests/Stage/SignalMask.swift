// Which signals a new process hears. It inherits the mask of the thread that starts it, and the
// threads that tests run on hear none: a process started there could not be asked to end.

import Foundation
import Glibc

extension Process {
    /// Starts the process as a shell does, with no signal blocked.
    func runHearingSignals() throws {
        var none = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}
