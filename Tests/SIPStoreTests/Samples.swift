import Foundation
import SIPFlow
import SIPRegistrar
import SIPReport

@testable import SIPStore

/// A directory of its own, which ends with the test.
final class Folder {
    let path: String
    var file: String { path + "/sipglass.db" }

    init() throws {
        path = NSTemporaryDirectory() + "sipglass-store-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A binding whose texts are no UTF-8.
///
/// - Shape: `isNew` for one with what came with version 2 of the schema.
func sample(
    _ id: UInt64,
    expiresAt: Int64 = 4_000_000_000_000_000_000,
    isNew: Bool = true
) -> StoredBinding {
    StoredBinding(
        id: id,
        aor: Array("user\(id)@lab.test".utf8),
        contact: Array("sip:user@10.0.0.1".utf8) + [0xff, 0x00, 0x80],
        parameters: Array(";reg-id=1;q=0.5".utf8),
        path: Array("<sip:edge.test;lr>".utf8),
        callID: Array("call-\(id)".utf8),
        userAgent: [0xfe],
        instance: Array("<urn:uuid:1>".utf8),
        cseq: .max,
        q: id.isMultiple(of: 2) ? nil : 500,
        transport: .udp,
        listener: SocketAddress(ip: .v6(high: 0, low: 1), port: 5_060),
        peer: SocketAddress(ip: .v4(0x0a00_0001), port: 65_535),
        isBehindNAT: true,
        asked: isNew ? 90 : nil,
        isFlow: isNew,
        keepsFlow: isNew,
        refreshes: 7,
        registeredAt: 1_700_000_000_123_000_000,
        refreshedAt: 1_700_000_001_000_000_000,
        expiresAt: expiresAt
    )
}

func batch(_ kept: [StoredBinding], gone: [UInt64] = []) -> BindingBatch {
    var batch = BindingBatch()
    batch.kept = kept
    batch.gone = gone
    return batch
}

/// A ban with words in it that SQL must not read.
func sampleBan(_ subject: BanSubject, endsAt: Int64 = 1_700_000_600_000_000_000) -> StoredBan {
    StoredBan(
        subject: subject,
        beginsAt: 1_700_000_000_123_000_000,
        endsAt: endsAt,
        reason: "it's \"noise\"; DROP TABLE bans",
        actor: "ctl"
    )
}

func bans(_ kept: [StoredBan], gone: [BanSubject] = []) -> BanBatch {
    var batch = BanBatch()
    batch.kept = kept
    batch.gone = gone
    return batch
}

/// Everything of a binding as one text.
func words(_ binding: StoredBinding) -> String {
    let texts = [
        binding.aor[...], binding.contact, binding.parameters, binding.path, binding.callID,
        binding.userAgent,
        binding.instance,
    ]
    return "\(binding.id) \(texts.map(Array.init)) \(binding.cseq) \(binding.q ?? -1) \(binding.transport) "
        + "\(binding.listener) \(binding.peer) \(binding.isBehindNAT) \(binding.refreshes) "
        + "\(binding.asked ?? -1) \(binding.isFlow) \(binding.keepsFlow) "
        + "\(binding.registeredAt) \(binding.refreshedAt) \(binding.expiresAt)"
}

/// Why a file is refused; nil when it is not.
func refusal(_ path: String, as role: SIPStore.Role = .engine) -> StoreError.Reason? {
    do throws(StoreError) {
        _ = try SIPStore(path, as: role)
        return nil
    } catch {
        return error.reason
    }
}
