// What the room watches, in order, as the host signs it.

/// One thing the room shares.
public struct PlaylistItem: Hashable, CanonicalValue {
    /// What an item is for.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A film: something to watch.
        case film = 1
        /// Subtitles of a film.
        case subtitle = 2
        /// A font that subtitles need.
        case font = 3
    }

    /// The item.
    public let id: ItemID
    /// The file's own name, as the host has it.
    ///
    /// Never a path to write to: see the store.
    public let name: String
    /// How it is cut; carries its size.
    public let geometry: ChunkGeometry
    /// What it is for.
    public let kind: Kind
    /// The film a subtitle or font belongs to.
    public let parent: ItemID?

    /// An item with these properties.
    public init(
        id: ItemID, name: String, geometry: ChunkGeometry, kind: Kind = .film,
        parent: ItemID? = nil
    ) {
        self.id = id
        self.name = name.clipped(toUTF8Count: Limits.itemNameBytes)
        self.geometry = geometry
        self.kind = kind
        self.parent = parent
    }

    /// Appends all properties.
    public func write(to writer: inout ByteWriter) {
        id.raw.write(to: &writer)
        writer.write(name, limit: Limits.itemNameBytes)
        writer.write(geometry.size)
        writer.write(kind.rawValue)
        writer.write(parent?.raw)
    }

    /// The next item.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        id = ItemID(try Bytes16(from: &reader))
        name = try reader.readText(limit: Limits.itemNameBytes)
        guard let geometry = ChunkGeometry(size: try reader.read(Int64.self)) else {
            throw .malformedValue(field: "item size")
        }
        self.geometry = geometry
        guard let kind = Kind(rawValue: try reader.read(UInt8.self)) else {
            throw .malformedValue(field: "item kind")
        }
        self.kind = kind
        parent = try reader.readOptional(Bytes16.self).map(ItemID.init)
    }
}

/// The room's items in the order they are watched.
public struct Playlist: Hashable, SignedContent {
    /// Keeps signatures over playlists apart from all others.
    public static let signatureContext = "peerwatch/1 playlist"

    /// Grows with every change; the larger one counts.
    public let version: UInt64
    /// The items: 1 to ``Limits/items``, each with an identifier of its own.
    public let items: [PlaylistItem]

    /// A playlist with these items.
    public init(version: UInt64, items: [PlaylistItem]) {
        precondition(!items.isEmpty && items.count <= Limits.items)
        self.version = version
        self.items = items
    }

    /// The item with this identifier.
    public func item(_ id: ItemID) -> PlaylistItem? { items.first { $0.id == id } }

    /// The films, in order.
    public var films: [PlaylistItem] { items.filter { $0.kind == .film } }

    /// The film after this one.
    public func film(after id: ItemID) -> PlaylistItem? {
        let films = films
        guard let index = films.firstIndex(where: { $0.id == id }) else { return nil }
        return films.dropFirst(index + 1).first
    }

    /// The film before this one.
    public func film(before id: ItemID) -> PlaylistItem? {
        let films = films
        guard let index = films.firstIndex(where: { $0.id == id }) else { return nil }
        return films.prefix(index).last
    }

    /// Appends version and items.
    public func write(to writer: inout ByteWriter) {
        writer.write(version)
        writer.write(items)
    }

    /// The next playlist.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        version = try reader.read(UInt64.self)
        items = try reader.readArray(of: PlaylistItem.self, limit: Limits.items)
        guard !items.isEmpty, Set(items.map(\.id)).count == items.count else {
            throw .malformedValue(field: "playlist items")
        }
    }
}
