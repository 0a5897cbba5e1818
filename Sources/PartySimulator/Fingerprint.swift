// Were two runs the same? One number that depends on everything that was delivered, and when.

import PartyModel

/// FNV-1a over what happened.
struct Fingerprint {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ time: MonotonicInstant, _ numbers: Int...) {
        add(UInt64(bitPattern: time.nanoseconds))
        for number in numbers { add(UInt64(bitPattern: Int64(number))) }
    }

    private mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01B3 }
}
