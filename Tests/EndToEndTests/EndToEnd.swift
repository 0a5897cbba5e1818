// What a user does, with real processes, a real libmpv, real TLS on loopback and real films.

import Testing

/// All tests that start the program; one after the other, because they play in real time and would
/// take the processor from each other.
@Suite("The program, end to end", .serialized)
enum EndToEnd {}
