import SIPFlow

/// All phones of the demo and their plot, without sockets or clock.
struct DemoWorld: Sendable {
    private var phones: [DemoPhone]
    private var plot: DemoPlot

    /// Gives each phone of the cast an address.
    init(addresses: [SocketAddress], seed: UInt64, now: Moment) {
        phones = zip(DemoCast.phones, addresses).enumerated().map { index, pair in
            DemoPhone(pair.0, address: pair.1, seed: seed &+ UInt64(index) &* 7_919)
        }
        plot = DemoPlot(now: now, seed: seed)
    }

    /// When something happens next by itself.
    var nextDeadline: Moment {
        phones.compactMap(\.nextDeadline).reduce(plot.nextMoment, min)
    }

    /// How many phones hold a registration.
    var registeredCount: Int { phones.count { $0.isRegistered } }

    /// Takes in a datagram for a phone.
    mutating func receive(_ bytes: [UInt8], phone: Int, now: Moment) {
        phones[phone].receive(bytes, now: now)
    }

    /// Lets happen what is due.
    mutating func advance(now: Moment) {
        for index in phones.indices { phones[index].fire(now: now) }
        plot.advance(&phones, now: now)
    }

    /// Takes the datagrams that phones want to send, with the phones' numbers.
    mutating func takeOutput() -> [(phone: Int, bytes: [UInt8])] {
        var output: [(phone: Int, bytes: [UInt8])] = []
        for index in phones.indices {
            output += phones[index].outbox.map { (index, $0) }
            phones[index].outbox = []
        }
        return output
    }
}
