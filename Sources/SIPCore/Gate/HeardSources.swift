import SIPFlow
import SIPReport

/// When keep-alives came from which sources: a sign of life between two REGISTERs (RFC 5626 §4.4).
///
/// - Shape: one place a hash; a source takes the place of another one there.
/// - Limits: 16,384 places, so that a flood of them takes no more memory, and at worst hides when others were heard.
/// - Cost: one write a keep-alive; nothing for messages.
struct HeardSources {
    private static let placeCount = 16_384

    private let keyedHash: KeyedHash
    private var places: [HeardSource?] = []
    private var isNews: [Bool] = []
    private var news: [Int] = []

    init(keyedHash: KeyedHash) {
        self.keyedHash = keyedHash
    }

    /// True when something was heard since somebody asked.
    var hasNews: Bool { !news.isEmpty }

    /// All sources that are remembered.
    var all: [HeardSource] { places.compactMap { $0 } }

    /// A keep-alive came.
    mutating func note(_ peer: SocketAddress, now: Moment) {
        if places.isEmpty {
            places = Array(repeating: nil, count: Self.placeCount)
            isNews = Array(repeating: false, count: Self.placeCount)
        }
        let place = Int(truncatingIfNeeded: hash(peer)) & (Self.placeCount - 1)
        places[place] = HeardSource(peer: peer, moment: now)
        if !isNews[place] { news.append(place) }
        isNews[place] = true
    }

    /// What was heard since it was last taken, up to a number of sources.
    mutating func takeNews(limit: Int) -> [HeardSource] {
        let taken = Array(news.prefix(limit))
        news.removeFirst(taken.count)
        for place in taken { isNews[place] = false }
        return taken.compactMap { places[$0] }
    }

    private func hash(_ peer: SocketAddress) -> UInt64 {
        let address: UInt64 =
            switch peer.ip {
            case .v4(let bits): keyedHash.combine(4, UInt64(bits))
            case .v6(let high, let low): keyedHash.combine(keyedHash.combine(6, high), low)
            }
        return keyedHash.combine(address, UInt64(peer.port))
    }
}
