import CCrypto
public import SIPRegistrar

extension HashFunctions {
    /// The hash functions of the system's libcrypto.
    ///
    /// - Errors: a function that the system's policy forbids, as MD5 under FIPS, gives no bytes; then no digest made
    ///   with it is ever right.
    public static var system: HashFunctions {
        HashFunctions(
            md5: { digest($0, ccrypto_md5, byteCount: 16) },
            sha256: { digest($0, ccrypto_sha256, byteCount: 32) }
        )
    }
}

private func digest(_ bytes: Span<UInt8>, _ algorithm: ccrypto_algorithm, byteCount: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { hash, count in
        // Both pointers live for the closure; the library writes as many bytes as the algorithm has, `byteCount`.
        let isDone = unsafe bytes.withUnsafeBufferPointer { text in
            unsafe ccrypto_digest(algorithm, text.baseAddress, text.count, hash.baseAddress)
        }
        count = isDone == 1 ? byteCount : 0
    }
}
