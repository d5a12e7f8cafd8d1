/// Who a simulated phone is.
struct PhoneIdentity: Sendable, Hashable {
    /// The user of its address of record.
    var user: String
    /// The display name.
    var name: String
    /// The product that it says it is.
    var userAgent: String
    /// Its codecs, as RTP payload type and name, best first.
    var codecs: [String]
    /// The expiry it asks for, in seconds.
    var expiry: Int
}

/// The phones of the demo.
enum DemoCast {
    /// The domain they register in.
    static let domain = "demo.test"

    /// All phones; the reception has two, which ring together.
    static let phones: [PhoneIdentity] = [
        phone("reception", "Reception", "Yealink SIP-T57W 97.86.0.30", wideband, 120),
        phone("reception", "Reception", "Gigaset N870 IP PRO/2.55.0", narrowband, 90),
        phone("anna", "Anna Berg", "Yealink SIP-T46U 108.86.0.70", wideband, 60),
        phone("ben", "Ben Okafor", "PolycomVVX-VVX_450-UA/6.4.6.2416", wideband, 75),
        phone("carla", "Carla Rossi", "snomD785/10.1.175.16", wideband, 90),
        phone("dmitri", "Dmitri Volkov", "Grandstream GXP2170 1.0.11.79", narrowband, 60),
        phone("emma", "Emma Lindqvist", "Linphone-Desktop/5.2.6 (emma-laptop)", opus, 120),
        phone("farid", "Farid Haddad", "MicroSIP/3.21.5", opus, 60),
        phone("grace", "Grace Kim", "Cisco-CP8841-3PCC/12.0.5", wideband, 180),
        phone("hugo", "Hugo Martin", "Zoiper v2.10.20.5", opus, 60),
        phone("door", "Front Door", "baresip v3.16.0", narrowband, 60),
        phone("warehouse", "Warehouse", "Fanvil X4U 2.12.16.4", narrowband, 90),
    ]

    private static let narrowband = ["8 PCMA/8000", "0 PCMU/8000"]
    private static let wideband = ["9 G722/8000", "8 PCMA/8000", "0 PCMU/8000"]
    private static let opus = ["96 opus/48000/2", "9 G722/8000", "8 PCMA/8000"]

    private static func phone(
        _ user: String,
        _ name: String,
        _ userAgent: String,
        _ codecs: [String],
        _ expiry: Int
    ) -> PhoneIdentity {
        PhoneIdentity(user: user, name: name, userAgent: userAgent, codecs: codecs, expiry: expiry)
    }
}

/// A small seeded generator, so that a demo can be played again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins at a seed.
    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// Letters and digits for a tag, a branch or a Call-ID.
    mutating func token() -> String { String(next(), radix: 36) }
}
