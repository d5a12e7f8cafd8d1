import CCrypto
public import SIPRegistrar

extension HashFunctions {
    /// The hash functions of the system's libcrypto.
    ///
    /// - Errors: a function that the system's policy forbids, as MD5 under FIPS, gives no bytes; then no digest made
    ///   with it is ever right.
    public static var system: HashFunctions {
        // The tables of the algorithms are constants of the library.
        HashFunctions(
            md5: { unsafe digest($0, EVP_md5(), byteCount: 16) },
            sha256: { unsafe digest($0, EVP_sha256(), byteCount: 32) }
        )
    }
}

private func digest(_ bytes: Span<UInt8>, _ algorithm: OpaquePointer?, byteCount: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { hash, count in
        // Both pointers live for the closure; the library writes as many bytes as the algorithm has, `byteCount`.
        let isDone = unsafe bytes.withUnsafeBufferPointer { text in
            unsafe EVP_Digest(text.baseAddress, text.count, hash.baseAddress, nil, algorithm, nil)
        }
        count = isDone == 1 ? byteCount : 0
    }
}
