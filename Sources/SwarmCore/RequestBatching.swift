// Many blocks, few messages: neighbours become runs, runs of one item one message.

import PartyModel

extension BlockRequest {
    /// One block.
    init(_ address: BlockAddress) {
        self.init(item: address.item, runs: [Run(first: address.block.number, count: 1)])
    }

    /// These blocks, as few messages as their order allows.
    static func batches(_ addresses: [BlockAddress], isUrgent: Bool) -> [BlockRequest] {
        var batches: [BlockRequest] = []
        var item: ItemID?
        var runs: [Run] = []
        func close() {
            if let item, !runs.isEmpty {
                batches.append(BlockRequest(item: item, runs: runs, isUrgent: isUrgent))
            }
            runs = []
        }
        for address in addresses {
            if address.item != item || runs.count == Limits.runsPerRequest {
                close()
                item = address.item
            }
            if let last = runs.last, last.count < UInt16.max,
                last.first + UInt32(last.count) == address.block.number
            {
                runs[runs.count - 1] = Run(first: last.first, count: last.count + 1)
            } else {
                runs.append(Run(first: address.block.number, count: 1))
            }
        }
        close()
        return batches
    }
}
