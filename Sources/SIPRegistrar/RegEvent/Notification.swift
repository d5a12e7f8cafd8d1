/// A NOTIFY to be sent: everything but its Via, Max-Forwards and Contact.
public struct Notification: Sendable {
    /// What Subscription-State says.
    public enum State: Sendable, Hashable {
        /// It goes on for so many seconds.
        case active(seconds: Int)
        /// This is the last one: its time is over, or the watcher gave it up.
        case timedOut
    }

    /// The subscription's number.
    public var number: UInt64
    /// Its dialog, with the CSeq number of this request.
    public var dialog: NotifierDialog
    /// The `id` parameter of Event; empty for none.
    public var eventID: [UInt8]
    /// Its state.
    public var state: State
    /// An operator's words on what he did; may be empty.
    public var words: String
    /// The document.
    public var body: [UInt8]
}
