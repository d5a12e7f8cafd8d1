import SIPFlow
import SIPReport
import SIPTrace

extension ConsoleState {
    mutating func go(to view: ViewKind) {
        var target = Place(view)
        if view == .ladder {
            target.list = place.list
            target.callID = subjectCallID
        }
        trail.go(to: target)
    }

    /// Opens what is selected in the focused pane.
    mutating func open() {
        switch focus {
        case .registrations: openRegistration()
        case .transactions, .calls: openLadder(subjectCallID)
        case .messages: openMessage(messages.selected)
        case .ladder: openMessage(ladder.selected)
        case .bans, .message, .detail, .callTransactions, .stats, .audit: break
        }
    }

    private mutating func openRegistration() {
        guard let item = selectedRegistration else { return }
        var target = Place(.registration)
        target.aor = item.row.aor
        target.callID = item.row.callID
        trail.open(target)
    }

    private mutating func openLadder(_ callID: String?) {
        guard let callID else { return }
        place.list = focus.isList ? focus : place.list
        if !place.isZoomed, layout.area(of: .ladder) != nil {
            place.focus = .ladder
            return
        }
        var target = Place(.ladder)
        target.list = place.list
        target.callID = callID
        trail.open(target)
    }

    private mutating func openMessage(_ sequence: UInt64?) {
        guard let sequence else { return }
        if !place.isZoomed, layout.area(of: .message) != nil, focus == .ladder || layout.kind != .narrow {
            place.focus = .message
            return
        }
        var target = Place(.message)
        target.callID = shown.trace.message(sequence)?.callID
        target.sequence = sequence
        trail.open(target)
    }

    mutating func moveFocus(_ distance: Int) {
        let panes = Layout(size: size, view: place.view).panes.map(\.pane).filter(\.takesFocus)
        guard let current = panes.firstIndex(of: focus), panes.count > 1 else { return }
        place.focus = panes[(current + distance + panes.count) % panes.count]
        if place.focus.isList { place.list = place.focus }
    }

    mutating func toggleZoom() {
        guard focus.takesFocus else { return }
        place.focus = focus
        place.isZoomed.toggle()
    }

    /// Goes back one level: search, marks, zoom, pane, view; it never leaves the program.
    mutating func goBack() {
        if search != nil {
            search = nil
        } else if let facts = facts(focus), facts.marks > 0 {
            change(focus, .clearMarks)
        } else {
            _ = closeView()
        }
    }

    /// Ends a zoom, leaves a pane or closes a view; false when none of it is possible.
    mutating func closeView() -> Bool {
        if place.isZoomed {
            place.isZoomed = false
        } else if focus == .message, layout.area(of: .ladder) != nil {
            place.focus = .ladder
        } else if !focus.isList, let list = layout.panes.map(\.pane).first(where: { $0 == place.list }) {
            place.focus = list
        } else {
            return trail.close()
        }
        return true
    }

    /// Goes to something that has to do with what is selected.
    mutating func jump(_ action: Action) {
        let callID = subjectCallID
        switch action {
        case .goLadder:
            guard let callID else { return say("nothing selected has a Call-ID") }
            var target = Place(.ladder)
            target.list = place.list
            target.callID = callID
            trail.go(to: target)
        case .goCall:
            guard let callID = relatedCall(callID) else { return say("no call belongs to this") }
            calls.setFilter(nil)
            calls.select(callID)
            trail.go(to: Place(.calls))
        case .goTransaction:
            guard let row = callID.flatMap({ shown.transactions(ofCall: $0).last }) else {
                return say("no transaction of this is left")
            }
            transactions.setFilter(nil)
            transactions.select(row.id)
            trail.go(to: Place(.transactions))
        case .goMessage:
            guard let sequence = subjectSequence else { return say("no message belongs to this") }
            messages.setFilter(nil)
            messages.apply(.move(0))
            if messages.isFollowing { messages.apply(.toggleFollow) }
            messages.select(sequence)
            trail.go(to: Place(.messages))
        case .goRegistration:
            guard let id = relatedRegistration(callID) else { return say("nobody of this is registered") }
            registrations.setFilter(nil)
            registrations.select(id)
            trail.go(to: Place(.registrations))
        default: break
        }
    }

    private func relatedCall(_ callID: String?) -> String? {
        if let callID, shown.trace.call(callID) != nil { return callID }
        guard let aor = selectedRegistration?.row.aor, place.list == .registrations else { return nil }
        let rows = shown.trace.calls.filter { $0.fromURI == aor || $0.toURI == aor }
        return (rows.last { $0.state.isRunning } ?? rows.last)?.callID
    }

    private func relatedRegistration(_ callID: String?) -> RegistrationItem.ID? {
        if place.list == .bans, let ban = selectedBan {
            return shown.registrations.values.filter { ban.concerns($0.row) }.map(\.id).min()
        }
        guard let callID else { return nil }
        if let item = shown.registrations.values.first(where: { $0.row.callID == callID }) { return item.id }
        guard let call = shown.trace.call(callID) else { return nil }
        return (shown.bindings(of: call.fromURI) + shown.bindings(of: call.toURI)).first?.id
    }
}
