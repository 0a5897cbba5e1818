// Everything that bounds what a stranger can make this program hold or do, with the reason.

/// The limits of the protocol.
///
/// Counts unless the name says bytes.
public enum Limits {
    /// Bytes in an item: 4 TiB keep every block number well inside 32 bits (2^26 blocks).
    public static let itemSize: Int64 = 4 << 40

    /// Members of a room: a full mesh of 64 is 2 016 pairs of mostly idle sockets; more would need
    /// a second relay hop.
    public static let members = 64

    /// Items of a playlist, subtitles and fonts included: 200 × 299 bytes, the most an item takes,
    /// fit one control frame, so a playlist is never paged.
    public static let items = 200

    /// Roots in one signed list: 64 × 36 bytes fit one control frame many times over.
    public static let rootsPerList = 64

    /// Addresses of one member: two families, LAN, public, mapped and given by hand.
    public static let addressesPerMember = 8

    /// Bytes of one member's addresses as written: a host name of full length and seven IPv6
    /// addresses are 391.
    ///
    /// The rest of a member is 206 bytes, so a roster of all members is at most
    /// 64 × 718 bytes and fits one control frame.
    public static let addressBytesPerMember = 512

    /// Bytes of a frame before the sender has proved membership: all a hello or proof needs.
    public static let unprovenFrameBytes = 4 * 1024

    /// Bytes of a control frame; bitfields are paged to fit.
    public static let controlFrameBytes = 64 * 1024

    /// Bytes of a block frame beyond the block itself: addresses, flags and eight leaves.
    public static let blockHeaderBytes = 320

    /// Chunks in one page of a bitfield: 32 KiB of bits cover 128 GiB of film.
    public static let chunksPerBitfieldPage = 256 * 1024

    /// Chunks in one batch of news.
    public static let chunksPerHave = 4_096

    /// Runs of blocks in one request, cancel or reject.
    public static let runsPerRequest = 256

    /// Blocks one peer may have asked of us and not got yet: 16 MiB, four times what a requester of
    /// this program has in flight.
    public static let blocksRequestedPerPeer = 256

    /// Bytes of a member's name.
    public static let nameBytes = 64

    /// Bytes of an item's name: what Linux allows for a file name.
    public static let itemNameBytes = 255

    /// Bytes of a host name in an address: DNS's own limit.
    public static let hostNameBytes = 253

    /// Unicode scalars of a text that are searched for a token: the longest token has 787, and people
    /// paste the whole message around it.
    public static let tokenTextLength = 4_096

    /// Bytes of the sentence a peer says when it leaves.
    public static let reasonBytes = 256

    /// Bytes of one remark in the chat: some eighty words, more than anybody reads during a film.
    public static let chatBytes = 500

    /// Ranges of an item in a prefetch hint; a demuxer touches a handful before the first frame.
    public static let prefetchRanges = 32

    /// How far ahead of the newest revision known an intent may be: nobody acts a thousand times
    /// unheard, and a revision at the end of the range would end all control.
    public static let revisionLead: UInt64 = 1_000

    /// How old a wish or a hold may be when it comes, and how far ahead a wish may lie: the countdown
    /// of 3 s, the longest lead of 1 s, and a second for clocks that do not agree.
    public static let timelineTolerance = Duration.seconds(5)

    /// How far ahead a hold may lie, of now or of the start it is about: what clocks may disagree.
    public static let holdAhead = Duration.seconds(1)
}
