import PartyModel
import Testing

@testable import SwarmCore

@Suite("What is wanted next")
struct DemandTests {
    private let item = itemID(1)
    private let geometry = makeGeometry(64 << 20)
    private var demand = Demand()

    init() { demand.turn(to: item, followers: []) }

    private mutating func read(_ number: Int64) {
        _ = demand.read(number * 65_536..<number * 65_536 + 1, geometry: geometry)
    }

    private func distance(_ number: Int) throws -> Int {
        let block = try #require(geometry.block(at: number))
        return demand.distance(to: BlockAddress(item: item, block: block))
    }

    @Test("is nearest at the place that is read, and all the same beyond what is urgent")
    mutating func ahead() throws {
        read(100)
        #expect(try distance(100) == 0)
        #expect(try distance(131) == 31)
        #expect(try distance(132) == Demand.urgentBlocks)
        #expect(try distance(900) == Demand.urgentBlocks)
    }

    @Test("is what this player has read already, for others, back to where it began")
    mutating func behind() throws {
        read(100)
        for number in 101..<110 { read(Int64(number)) }
        #expect(try distance(108) == -1)
        #expect(try distance(100) == -9)
        #expect(try distance(99) == Demand.urgentBlocks)
        demand.seek()
        read(500)
        #expect(try distance(108) == Demand.urgentBlocks)
    }

    @Test("is nobody's hurry in another item, or before anything was read")
    mutating func elsewhere() throws {
        #expect(try distance(0) == Demand.urgentBlocks)
        read(0)
        let block = try #require(geometry.block(at: 0))
        #expect(
            demand.distance(to: BlockAddress(item: itemID(2), block: block)) == Demand.urgentBlocks)
    }

    @Test("is, where a player is about to open, the head, or what is known to be read first")
    mutating func watched() throws {
        demand.turn(to: itemID(3), followers: [], firstReads: [])
        #expect(demand.urgent == [Demand.head])
        demand.turn(to: itemID(4), followers: [], firstReads: [0..<2, 900..<902])
        #expect(demand.urgent == [0..<2, 900..<902])
    }

    @Test("is little at each place while a player opens, and more where it reads on")
    mutating func opening() throws {
        demand.turn(to: itemID(3), followers: [], firstReads: [])
        for number in [0, 1, 1_000, 33, 34, 36] { read(Int64(number)) }
        #expect(demand.isOpening)
        #expect(demand.urgent == [36..<43, 1_000..<1_004, 1..<6, Demand.head])
        demand.opened()
        #expect(!demand.isOpening)
        read(38)
        #expect(demand.urgent.first == 38..<70)
    }

    @Test("is what is known to be read at each place, and more only where a player reads on")
    mutating func hinted() throws {
        demand.turn(to: itemID(3), followers: [], firstReads: [0..<3, 1_000..<1_002])
        read(1)
        #expect(demand.urgent.first == 1..<3)
        read(1_001)
        #expect(demand.urgent.first == 1_001..<1_005)
        read(2)
        #expect(demand.urgent.first == 2..<7)
    }

    @Test("is the same place when a read goes on behind all that was asked for in one piece")
    mutating func inOnePiece() throws {
        _ = demand.read(0..<8 << 20, geometry: geometry)
        read(128)
        #expect(demand.urgent == [128..<160])
    }

    @Test("is what was read at an older place, too, for others")
    mutating func behindAnOlderPlace() throws {
        for number in [0, 1, 2, 1_000, 500] { read(Int64(number)) }
        #expect(try distance(0) == -2)
        #expect(try distance(500) == 0)
        #expect(try [499, 999].map(distance) == [Demand.urgentBlocks, Demand.urgentBlocks])
    }

    @Test("is urgent at the last places that were read, until a jump")
    mutating func urgent() throws {
        for number in [0, 1_000, 5] { read(Int64(number)) }
        let numbers = [0, 5, 36, 37, 1_000, 1_023]
        let isUrgent = try numbers.map { number in
            demand.isUrgent(
                BlockAddress(item: item, block: try #require(geometry.block(at: number))))
        }
        #expect(isUrgent == [false, true, true, false, true, true])
    }
}
