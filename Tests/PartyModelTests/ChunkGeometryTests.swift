import PartyModel
import Testing

@Suite("Where chunks and blocks lie")
struct ChunkGeometryTests {
    @Test("sizes that no item has make no geometry", arguments: [.min, -1, 0, Limits.itemSize + 1])
    func impossibleSizes(size: Int64) {
        #expect(ChunkGeometry(size: size) == nil)
    }

    @Test(
        "chunks and blocks cover every byte once, the last ones what is left",
        arguments: [
            (1, 1, 1), (65_535, 1, 1), (65_536, 1, 1), (65_537, 1, 2), (524_288, 1, 8),
            (524_289, 2, 9), (1_500_000, 3, 23),
        ] as [(Int64, Int, Int)])
    func coverage(size: Int64, chunks: Int, blocks: Int) {
        let geometry = Fixtures.geometry(size)
        #expect(geometry.chunkCount == chunks)
        #expect(geometry.blockCount == blocks)
        var end: Int64 = 0
        for block in geometry.blocks {
            let range = geometry.byteRange(of: block)
            #expect(range.lowerBound == end)
            #expect(geometry.block(containing: range.lowerBound) == block)
            #expect(geometry.block(containing: range.upperBound - 1) == block)
            #expect(geometry.length(of: block) == range.count)
            end = range.upperBound
        }
        #expect(end == size)
    }

    @Test("a chunk knows its blocks, and its blocks know it")
    func chunksAndBlocks() throws {
        let geometry = Fixtures.geometry(524_288 + 65_537)
        let last = try #require(geometry.chunk(at: 1))
        #expect(geometry.blocks(of: last).map(\.number) == [8, 9])
        #expect(geometry.blocks(of: last).allSatisfy { $0.chunk == last })
        #expect(geometry.blocks(of: last).map(\.slot) == [0, 1])
        #expect(geometry.fullMask(of: last) == BlockMask(bits: 0b11))
        #expect(geometry.byteRange(of: last) == 524_288..<589_825)
        #expect(geometry.length(of: last) == 65_537)
    }

    @Test("the full mask of a full chunk has all eight bits")
    func fullMask() throws {
        let geometry = Fixtures.geometry(Limits.itemSize)
        let last = try #require(geometry.chunk(at: geometry.chunkCount - 1))
        #expect(geometry.fullMask(of: last) == BlockMask(bits: 0xFF))
    }

    @Test("numbers outside the item become no index")
    func numbersOutside() {
        let geometry = Fixtures.geometry(524_289)
        #expect(geometry.chunk(at: 1)?.number == 1)
        #expect(geometry.chunk(at: 2) == nil)
        #expect(geometry.chunk(at: -1) == nil)
        #expect(geometry.block(at: 8)?.number == 8)
        #expect(geometry.block(at: 9) == nil)
        #expect(geometry.block(at: UInt64.max) == nil)
        #expect(geometry.block(containing: 524_289) == nil)
        #expect(geometry.block(containing: -1) == nil)
        #expect(geometry.run(from: 8, count: 1)?.map(\.number) == [8])
        #expect(geometry.run(from: 8, count: 2) == nil)
        #expect(geometry.run(from: 0, count: 0) == nil)
        #expect(geometry.run(from: .max, count: .max) == nil)
    }
}
