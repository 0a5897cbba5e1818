// Where do libmpv's functions come from? They are found when the first player starts, so that whatever
// needs no player does not wait for them (`CMpv.h`).

import CMpv
import PartyModel

/// libmpv, as this process has it.
enum MpvLibrary {
    private static let loaded: Result<cmpv_functions, PartyError> = {
        if let functions = unsafe cmpv_find() { return unsafe .success(functions.pointee) }
        var reason: UnsafePointer<CChar>?
        guard unsafe cmpv_load(&reason) != nil else {
            let words =
                unsafe reason.map { unsafe String(cString: $0) } ?? "the loader says nothing"
            return .failure(
                .playerFailed(
                    reason: "libmpv cannot be loaded (Debian: apt install libmpv2): \(words)"))
        }
        guard let functions = unsafe cmpv_find() else { return .failure(incomplete) }
        return unsafe .success(functions.pointee)
    }()

    private static let lent: Result<cmpv_functions, PartyError> =
        unsafe cmpv_find().map { unsafe .success($0.pointee) } ?? .failure(incomplete)

    private static let incomplete = PartyError.playerFailed(
        reason: "this libmpv lacks functions; 0.35 and newer have them")

    /// Finds the library's functions for a player of our own; loads it the first time, which takes a
    /// tenth of a second.
    ///
    /// Blocks; any thread.
    ///
    /// - Throws: `PartyError.playerFailed` where there is none.
    static func load() throws(PartyError) -> cmpv_functions { try loaded.get() }

    /// Finds the functions that go with a handle somebody lends: those of the program we are in.
    ///
    /// A second libmpv beside it would be another world with the same names.
    ///
    /// - Throws: `PartyError.playerFailed` where it shows none.
    static func findLent() throws(PartyError) -> cmpv_functions { try lent.get() }
}
