// mpv's dynamically typed values. The only place that builds or reads `mpv_node`: C memory is
// freed by whoever allocated it, before the call that needed it returns.

import CMpv
import Glibc

/// A value as mpv's commands and properties take and give it.
enum MpvNode: Hashable, Sendable {
    /// No value, or one of a kind we do not read.
    case nothing
    case flag(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case list([MpvNode])
    case map([String: MpvNode])

    /// A command made of words.
    static func command(_ words: String...) -> MpvNode { .list(words.map(MpvNode.string)) }
}

// Reading: copies everything, frees nothing.
extension MpvNode {
    /// A copy of a node that mpv owns.
    init(copying node: mpv_node) {
        switch unsafe node.format {
        case MPV_FORMAT_FLAG: self = unsafe .flag(node.u.flag != 0)
        case MPV_FORMAT_INT64: self = unsafe .integer(node.u.int64)
        case MPV_FORMAT_DOUBLE: self = unsafe .double(node.u.double_)
        case MPV_FORMAT_STRING:
            self = unsafe node.u.string.map { unsafe .string(String(cString: $0)) } ?? .nothing
        case MPV_FORMAT_NODE_ARRAY:
            self = unsafe .list(node.u.list.map { unsafe Self.values(of: $0.pointee) } ?? [])
        case MPV_FORMAT_NODE_MAP:
            self = unsafe .map(node.u.list.map { unsafe Self.pairs(of: $0.pointee) } ?? [:])
        default: self = .nothing
        }
    }

    private static func values(of list: mpv_node_list) -> [MpvNode] {
        guard let values = unsafe list.values else { return [] }
        return unsafe (0..<Int(list.num)).map { unsafe MpvNode(copying: values[$0]) }
    }

    private static func pairs(of list: mpv_node_list) -> [String: MpvNode] {
        guard let values = unsafe list.values, let keys = unsafe list.keys else { return [:] }
        var pairs: [String: MpvNode] = [:]
        for index in unsafe 0..<Int(list.num) {
            guard let key = unsafe keys[index] else { continue }
            pairs[unsafe String(cString: key)] = unsafe MpvNode(copying: values[index])
        }
        return pairs
    }
}

// Building: allocated here, freed here.
extension MpvNode {
    /// Calls `body` with the value in C form, which lives until `body` returns.
    func withCNode<Result>(
        _ body: (UnsafeMutablePointer<mpv_node>) throws -> Result
    ) rethrows -> Result {
        var node = unsafe allocated()
        defer { unsafe Self.free(node) }
        return try unsafe body(&node)
    }

    private func allocated() -> mpv_node {
        var node = unsafe mpv_node()
        switch self {
        case .nothing:
            unsafe node.format = MPV_FORMAT_NONE
        case .flag(let value):
            unsafe node.format = MPV_FORMAT_FLAG
            unsafe node.u.flag = value ? 1 : 0
        case .integer(let value):
            unsafe node.format = MPV_FORMAT_INT64
            unsafe node.u.int64 = value
        case .double(let value):
            unsafe node.format = MPV_FORMAT_DOUBLE
            unsafe node.u.double_ = value
        case .string(let value):
            unsafe node.format = MPV_FORMAT_STRING
            unsafe node.u.string = strdup(value)
        case .list(let values):
            unsafe node.format = MPV_FORMAT_NODE_ARRAY
            unsafe node.u.list = Self.allocatedList(values, keys: nil)
        case .map(let pairs):
            unsafe node.format = MPV_FORMAT_NODE_MAP
            unsafe node.u.list = Self.allocatedList(Array(pairs.values), keys: Array(pairs.keys))
        }
        return unsafe node
    }

    private static func allocatedList(
        _ values: [MpvNode], keys: [String]?
    ) -> UnsafeMutablePointer<mpv_node_list> {
        let list = UnsafeMutablePointer<mpv_node_list>.allocate(capacity: 1)
        let nodes = UnsafeMutablePointer<mpv_node>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() {
            unsafe (nodes + index).initialize(to: value.allocated())
        }
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        if let keys {
            let copies = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
                capacity: keys.count)
            for (index, key) in keys.enumerated() {
                unsafe (copies + index).initialize(to: strdup(key))
            }
            unsafe names = copies
        }
        unsafe list.initialize(
            to: mpv_node_list(num: CInt(values.count), values: nodes, keys: names))
        return unsafe list
    }

    private static func free(_ node: mpv_node) {
        switch unsafe node.format {
        case MPV_FORMAT_STRING: unsafe Glibc.free(node.u.string)
        case MPV_FORMAT_NODE_ARRAY, MPV_FORMAT_NODE_MAP:
            guard let list = unsafe node.u.list else { return }
            for index in unsafe 0..<Int(list.pointee.num) {
                unsafe free(list.pointee.values[index])
                if let keys = unsafe list.pointee.keys { unsafe Glibc.free(keys[index]) }
            }
            unsafe list.pointee.values.deallocate()
            unsafe list.pointee.keys?.deallocate()
            unsafe list.deallocate()
        default: return
        }
    }
}
