import CSystem
import Glibc

/// The headers, vectors and addresses of one batched system call, allocated once.
///
/// - Shape: slot n of each table belongs to message n, and header n points to vector n and address n.
@safe struct MessageSlots: ~Copyable {
    /// The most messages in one call.
    static let count = 64

    let messages: UnsafeMutablePointer<csystem_message>
    let vectors: UnsafeMutablePointer<iovec>
    private let addresses: UnsafeMutableRawPointer

    init() {
        // All three tables live as long as this value, and the headers point only into the other two.
        unsafe messages = .allocate(capacity: Self.count)
        unsafe vectors = .allocate(capacity: Self.count)
        unsafe addresses = .allocate(byteCount: Self.count * SystemAddress.size, alignment: 8)
        unsafe messages.initialize(repeating: csystem_message(), count: Self.count)
        unsafe vectors.initialize(repeating: iovec(), count: Self.count)
        unsafe addresses.initializeMemory(
            as: UInt8.self,
            repeating: 0,
            count: Self.count * SystemAddress.size
        )
        for index in 0..<Self.count {
            unsafe messages[index].header.msg_iov = vectors + index
            unsafe messages[index].header.msg_iovlen = 1
            unsafe messages[index].header.msg_name = address(index)
            unsafe messages[index].header.msg_namelen = socklen_t(SystemAddress.size)
        }
    }

    /// The room for the address of one message.
    func address(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(index >= 0 && index < Self.count)
        return unsafe addresses + index * SystemAddress.size
    }

    deinit {
        unsafe messages.deallocate()
        unsafe vectors.deallocate()
        unsafe addresses.deallocate()
    }
}
