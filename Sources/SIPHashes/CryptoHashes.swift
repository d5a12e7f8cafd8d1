import CCrypto
public import SIPRegistrar

extension HashFunctions {
    /// MD5 and SHA-256 of the system's libcrypto.
    public static var libcrypto: HashFunctions {
        HashFunctions(
            md5: { bytes in unsafe digest(bytes, EVP_md5(), count: 16) },
            sha256: { bytes in unsafe digest(bytes, EVP_sha256(), count: 32) }
        )
    }
}

/// The digest of some bytes; all zero when the system's policy forbids the algorithm.
private func digest(_ bytes: Span<UInt8>, _ algorithm: OpaquePointer?, count: Int) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: count)
    // The call reads the span and writes at most `count` bytes, the algorithm's size, before it returns.
    unsafe bytes.withUnsafeBytes { source in
        unsafe hash.withUnsafeMutableBufferPointer { target in
            _ = unsafe EVP_Digest(source.baseAddress, source.count, target.baseAddress, nil, algorithm, nil)
        }
    }
    return hash
}
