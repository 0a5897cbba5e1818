// Did these bytes arrive as they were written? A checksum against accidents; it proves nothing
// against anyone who means harm.

/// The CRC-32 of IEEE 802.3, as in gzip and PNG.
public enum CRC32 {
    /// The generator polynomial, lowest power in the highest bit.
    private static let polynomial: UInt32 = 0xEDB8_8320

    /// The checksum of `bytes`.
    ///
    /// Goes bit by bit: for tokens and journal records, not for films.
    public static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                remainder = remainder >> 1 ^ (remainder & 1 == 1 ? polynomial : 0)
            }
        }
        return ~remainder
    }
}
