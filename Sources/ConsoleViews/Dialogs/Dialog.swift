/// A dialog over the view; at most one is open.
enum Dialog: Sendable {
    case kick(KickDialog)
    case ban(BanDialog)
    case quit
    case help(HelpDialog)
    case choice(ChoiceDialog)
}

/// What a dialog makes of a key.
enum DialogResult: Sendable {
    /// It goes on.
    case stay
    /// It is closed, and nothing happens.
    case close
    /// It is closed, and this happens.
    case effects([ConsoleEffect])
    /// It is closed, and this action is carried out.
    case run(Action)
    /// It is closed, and the focused list gets this.
    case change(ListChange)
}
