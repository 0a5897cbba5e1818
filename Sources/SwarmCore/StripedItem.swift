// Which blocks of an item did the host give out, and where does it go on?
//
// Invariant: `givenCount` counts what is given.

import PartyModel

/// What one item is like for the host.
struct StripedItem {
    let geometry: ChunkGeometry
    /// Whether the block was given out, or no guest lacks it.
    ///
    /// What guests say they have beyond that is their word only.
    private var isGiven: [Bool]
    private var givenCount = 0
    /// Where the next free block is looked for, from here on and round again.
    private var cursor = 0
    /// What the room reads first at the place it watches from: players wait for that.
    private var head = 0..<Demand.urgentBlocks

    init(_ geometry: ChunkGeometry) {
        self.geometry = geometry
        isGiven = Array(repeating: false, count: geometry.blockCount)
    }

    func isFree(_ number: Int) -> Bool { !isGiven[number] }

    func isUrgent(_ number: Int) -> Bool { head.contains(number) }

    mutating func give(_ number: Int) {
        guard !isGiven[number] else { return }
        isGiven[number] = true
        givenCount += 1
    }

    mutating func free(_ number: Int) {
        guard isGiven[number] else { return }
        isGiven[number] = false
        givenCount -= 1
        cursor = min(cursor, number)
    }

    /// The room watches from this block on.
    mutating func lead(to number: Int) {
        cursor = number
        head = number..<number + Demand.urgentBlocks
    }

    /// A player is at a block: the room is, unless that comes soon anyway.
    mutating func follow(to number: Int) {
        if !(cursor..<cursor + Demand.urgentBlocks).contains(number) { lead(to: number) }
    }

    /// The number of the next free block, where the cursor moves.
    mutating func nextFree() -> Int? {
        guard givenCount < isGiven.count else { return nil }
        while isGiven[cursor] { cursor = cursor + 1 < isGiven.count ? cursor + 1 : 0 }
        return cursor
    }
}
