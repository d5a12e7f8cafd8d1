// Written by the tests of this part with RECORD_GOLDEN=1 from the files in themes/. Do not edit.

extension BuiltInThemes {
    static let texts: [(name: String, text: String)] = [
        (
            "default-dark",
            #"""
            # The default theme for dark terminals.
            # The ground and plain text stay the terminal's own; colour marks meaning.
            schema = 1
            name = "default-dark"
            variant = "dark"

            # c256 and ansi are for terminals with fewer colours; without them the nearest colour is taken.
            [palette]
            ink = "default"
            ground = "default"
            strong = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            muted = { hex = "#a3abba", c256 = 248, ansi = "white" }
            line = { hex = "#7f8797", c256 = 243, ansi = "light-black" }
            red = { hex = "#f58f96", c256 = 210, ansi = "light-red" }
            orange = { hex = "#e5a676", c256 = 180, ansi = "yellow" }
            yellow = { hex = "#e9cb86", c256 = 222, ansi = "light-yellow" }
            green = { hex = "#9fd283", c256 = 150, ansi = "light-green" }
            cyan = { hex = "#6cc7d3", c256 = 80, ansi = "light-cyan" }
            blue = { hex = "#79b8f3", c256 = 111, ansi = "light-blue" }
            magenta = { hex = "#d9a3ee", c256 = 183, ansi = "light-magenta" }
            on_accent = { hex = "#15181e", c256 = 16, ansi = "black" }
            bar = { hex = "#2c323d", c256 = 236, ansi = "blue" }
            on_bar = { hex = "#dfe3ea", c256 = 254, ansi = "light-white" }
            selection = { hex = "#2b3b53", c256 = 237, ansi = "cyan" }
            selection_dim = { hex = "#323740", c256 = 236, ansi = "white" }
            marked = { hex = "#443b26", c256 = 236, ansi = "yellow" }
            fresh = { hex = "#274032", c256 = 235, ansi = "green" }

            [roles]
            text = { fg = "ink" }
            "text.muted" = { fg = "muted", mono = ["dim"] }
            "text.strong" = { fg = "strong", mods = ["bold"] }
            background = { bg = "ground" }
            border = { fg = "line" }
            "border.focus" = { fg = "blue", mono = ["bold"] }
            title = { fg = "muted" }
            "title.count" = { fg = "cyan" }
            scrollbar = { fg = "line" }

            header = { fg = "on_bar", bg = "bar", mono = ["reverse"] }
            "header.badge" = { fg = "on_accent", bg = "green", mods = ["bold"], mono = ["bold", "reverse"] }
            tab = { fg = "muted" }
            "tab.active" = { fg = "on_accent", bg = "blue", mods = ["bold"], mono = ["bold", "reverse"] }
            "hint.key" = { fg = "blue", mods = ["bold"] }
            "hint.text" = { fg = "muted" }
            "flash.info" = { fg = "green" }
            "flash.warn" = { fg = "yellow", mods = ["bold"] }
            "flash.error" = { fg = "red", mods = ["bold"], mono = ["bold", "reverse"] }
            prompt = { fg = "strong" }
            "prompt.invalid" = { fg = "red", mods = ["underline"] }

            "table.header" = { fg = "muted", mods = ["bold"] }
            "table.sort" = { fg = "blue", mods = ["bold"], mono = ["bold", "underline"] }
            "row.selected" = { bg = "selection", mono = ["reverse"] }
            "row.selected.inactive" = { bg = "selection_dim", mono = ["underline"] }
            "row.marked" = { bg = "marked", mono = ["bold"] }
            "row.new" = { bg = "fresh", mono = ["bold"] }
            "search.match" = { fg = "on_accent", bg = "yellow", mono = ["reverse"] }
            "filter.chip" = { fg = "on_accent", bg = "magenta", mono = ["reverse"] }

            "sip.request" = { fg = "blue" }
            "sip.provisional" = { fg = "cyan" }
            "sip.success" = { fg = "green" }
            "sip.redirect" = { fg = "magenta" }
            "sip.client_error" = { fg = "orange", mono = ["bold"] }
            "sip.server_error" = { fg = "red", mods = ["bold"] }
            "sip.global_error" = { fg = "red", mods = ["bold", "underline"] }
            "sip.retransmit" = { fg = "yellow", mono = ["underline"] }
            "sip.header" = { fg = "cyan" }
            "sip.uri" = { fg = "blue" }
            "sip.changed" = { fg = "yellow", mods = ["bold"], mono = ["underline"] }

            "state.ok" = { fg = "green" }
            "state.warn" = { fg = "yellow", mono = ["underline"] }
            "state.bad" = { fg = "red", mods = ["bold"] }
            "state.idle" = { fg = "muted", mono = ["dim"] }
            "state.ending" = { fg = "magenta", mono = ["dim"] }

            "graph.low" = { fg = "blue" }
            "graph.high" = { fg = "red" }
            "timer.running" = { fg = "cyan" }
            "fork.1" = { fg = "blue" }
            "fork.2" = { fg = "magenta" }
            "fork.3" = { fg = "green" }
            "fork.4" = { fg = "orange" }
            "fork.5" = { fg = "cyan" }
            "fork.6" = { fg = "yellow" }
            "dialog.button" = { fg = "on_accent", bg = "blue", mono = ["reverse"] }
            "dialog.danger" = { fg = "on_accent", bg = "red", mods = ["bold"], mono = ["bold", "reverse"] }

            """#
        ),
        (
            "default-light",
            #"""
            # The default theme for light terminals: the roles of default-dark in darker inks.
            schema = 1
            name = "default-light"
            variant = "light"
            inherits = "default-dark"

            [palette]
            ink = "default"
            ground = "default"
            strong = { hex = "#000000", c256 = 16, ansi = "black" }
            muted = { hex = "#545b68", c256 = 240, ansi = "light-black" }
            line = { hex = "#878d99", c256 = 245, ansi = "light-black" }
            red = { hex = "#b01829", c256 = 124, ansi = "red" }
            orange = { hex = "#8c4a00", c256 = 88, ansi = "red" }
            yellow = { hex = "#735500", c256 = 58, ansi = "magenta" }
            green = { hex = "#246b1e", c256 = 22, ansi = "black" }
            cyan = { hex = "#00656f", c256 = 23, ansi = "blue" }
            blue = { hex = "#1a53b8", c256 = 25, ansi = "blue" }
            magenta = { hex = "#842a9c", c256 = 91, ansi = "magenta" }
            on_accent = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            bar = { hex = "#e2e6ed", c256 = 254, ansi = "white" }
            on_bar = { hex = "#23272f", c256 = 235, ansi = "black" }
            selection = { hex = "#cfe0f8", c256 = 189, ansi = "cyan" }
            selection_dim = { hex = "#e3e5ea", c256 = 254, ansi = "white" }
            marked = { hex = "#f6e8c0", c256 = 230, ansi = "yellow" }
            fresh = { hex = "#d6eed4", c256 = 194, ansi = "green" }

            """#
        ),
        (
            "hc-dark",
            #"""
            # High contrast on black: every text at 7:1 or more.
            schema = 1
            name = "hc-dark"
            variant = "dark"
            inherits = "default-dark"

            [palette]
            ink = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            ground = { hex = "#000000", c256 = 16, ansi = "black" }
            strong = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            muted = { hex = "#d4d4d4", c256 = 188, ansi = "white" }
            line = { hex = "#b0b0b0", c256 = 145, ansi = "white" }
            red = { hex = "#ffb8b8", c256 = 217, ansi = "light-red" }
            orange = { hex = "#ffb870", c256 = 215, ansi = "yellow" }
            yellow = { hex = "#ffe066", c256 = 221, ansi = "light-yellow" }
            green = { hex = "#8ef08e", c256 = 120, ansi = "light-green" }
            cyan = { hex = "#6eeaf5", c256 = 123, ansi = "light-cyan" }
            blue = { hex = "#a3cdff", c256 = 153, ansi = "light-cyan" }
            magenta = { hex = "#f5b8ff", c256 = 219, ansi = "light-magenta" }
            on_accent = { hex = "#000000", c256 = 16, ansi = "black" }
            bar = { hex = "#1c1c1c", c256 = 234, ansi = "black" }
            on_bar = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            selection = { hex = "#17365f", c256 = 236, ansi = "white" }
            selection_dim = { hex = "#303030", c256 = 236, ansi = "white" }
            marked = { hex = "#3b3000", c256 = 235, ansi = "yellow" }
            fresh = { hex = "#0f3b14", c256 = 234, ansi = "green" }

            """#
        ),
        (
            "hc-light",
            #"""
            # High contrast on white: every text at 7:1 or more.
            schema = 1
            name = "hc-light"
            variant = "light"
            inherits = "default-dark"

            [palette]
            ink = { hex = "#000000", c256 = 16, ansi = "black" }
            ground = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            strong = { hex = "#000000", c256 = 16, ansi = "black" }
            muted = { hex = "#333333", c256 = 236, ansi = "black" }
            line = { hex = "#595959", c256 = 240, ansi = "black" }
            red = { hex = "#8a0012", c256 = 88, ansi = "red" }
            orange = { hex = "#663300", c256 = 52, ansi = "red" }
            yellow = { hex = "#4d3d00", c256 = 236, ansi = "magenta" }
            green = { hex = "#004d00", c256 = 234, ansi = "black" }
            cyan = { hex = "#00474f", c256 = 17, ansi = "blue" }
            blue = { hex = "#003a8c", c256 = 18, ansi = "blue" }
            magenta = { hex = "#660080", c256 = 54, ansi = "magenta" }
            on_accent = { hex = "#ffffff", c256 = 231, ansi = "light-white" }
            bar = { hex = "#e6e6e6", c256 = 255, ansi = "white" }
            on_bar = { hex = "#000000", c256 = 16, ansi = "black" }
            selection = { hex = "#d3e4ff", c256 = 255, ansi = "cyan" }
            selection_dim = { hex = "#e6e6e6", c256 = 255, ansi = "white" }
            marked = { hex = "#fff0b3", c256 = 230, ansi = "yellow" }
            fresh = { hex = "#d9f5d9", c256 = 194, ansi = "green" }

            """#
        ),
        (
            "cb-deuteranopia",
            #"""
            # For people who take red for green: good is blue, bad is orange.
            schema = 1
            name = "cb-deuteranopia"
            variant = "dark"
            inherits = "default-dark"

            [palette]
            green = { hex = "#5fb2ff", c256 = 75, ansi = "light-blue" }
            yellow = { hex = "#f4ecb0", c256 = 229, ansi = "light-white" }
            red = { hex = "#ff9a3d", c256 = 215, ansi = "light-yellow" }
            orange = { hex = "#e0b080", c256 = 180, ansi = "yellow" }
            cyan = { hex = "#9fd8e8", c256 = 152, ansi = "light-cyan" }
            blue = { hex = "#8fb4ff", c256 = 111, ansi = "light-blue" }
            magenta = { hex = "#c9b3ff", c256 = 183, ansi = "light-magenta" }

            """#
        ),
        (
            "cb-tritanopia",
            #"""
            # For people who take blue for green and yellow for pink: good is cyan, bad is red.
            schema = 1
            name = "cb-tritanopia"
            variant = "dark"
            inherits = "default-dark"

            [palette]
            green = { hex = "#3fd0d4", c256 = 80, ansi = "light-cyan" }
            yellow = { hex = "#f2eef0", c256 = 255, ansi = "light-white" }
            red = { hex = "#ff8585", c256 = 210, ansi = "light-red" }
            orange = { hex = "#f0a8a0", c256 = 217, ansi = "red" }
            cyan = { hex = "#8fdcdc", c256 = 116, ansi = "cyan" }
            blue = { hex = "#7cc4d8", c256 = 110, ansi = "light-cyan" }
            magenta = { hex = "#e0a8c0", c256 = 182, ansi = "light-magenta" }

            """#
        ),
        (
            "ansi16",
            #"""
            # Only the sixteen colours that you chose in your terminal.
            schema = 1
            name = "ansi16"
            variant = "any"
            inherits = "default-dark"

            [palette]
            ink = "default"
            ground = "default"
            strong = "default"
            muted = "default"
            line = "default"
            red = "red"
            orange = "yellow"
            yellow = "yellow"
            green = "green"
            cyan = "cyan"
            blue = "blue"
            magenta = "magenta"
            on_accent = "black"
            bar = "default"
            on_bar = "default"
            selection = "cyan"
            selection_dim = "white"
            marked = "yellow"
            fresh = "green"

            [roles]
            "text.muted" = { mods = ["dim"] }
            header = { mods = ["bold"], mono = ["reverse"] }
            "tab.active" = { fg = "black", bg = "cyan", mono = ["bold", "reverse"] }
            "dialog.button" = { fg = "black", bg = "cyan", mono = ["reverse"] }

            """#
        ),
        (
            "mono",
            #"""
            # No colour at all: bold, underline, reverse and dim, for NO_COLOR, paper terminals and bright sunlight.
            schema = 1
            name = "mono"
            variant = "any"

            [roles]
            text = {}
            "text.muted" = { mods = ["dim"] }
            "text.strong" = { mods = ["bold"] }
            background = {}
            border = {}
            "border.focus" = { mods = ["bold"] }
            title = {}
            scrollbar = {}

            header = { mods = ["reverse"] }
            "header.badge" = { mods = ["bold", "reverse"] }
            tab = {}
            "tab.active" = { mods = ["bold", "reverse"] }
            hint = {}
            "hint.key" = { mods = ["bold"] }
            flash = {}
            "flash.warn" = { mods = ["bold"] }
            "flash.error" = { mods = ["bold", "reverse"] }
            prompt = {}
            "prompt.invalid" = { mods = ["underline"] }

            table = { mods = ["bold"] }
            "table.sort" = { mods = ["bold", "underline"] }
            "row.selected" = { mods = ["reverse"] }
            "row.selected.inactive" = { mods = ["underline"] }
            "row.marked" = { mods = ["bold"] }
            "row.new" = { mods = ["bold"] }
            "search.match" = { mods = ["reverse"] }
            "filter.chip" = { mods = ["reverse"] }

            sip = {}
            "sip.client_error" = { mods = ["bold"] }
            "sip.server_error" = { mods = ["bold"] }
            "sip.global_error" = { mods = ["bold", "underline"] }
            "sip.retransmit" = { mods = ["underline"] }
            "sip.changed" = { mods = ["underline"] }

            state = {}
            "state.warn" = { mods = ["underline"] }
            "state.bad" = { mods = ["bold"] }
            "state.idle" = { mods = ["dim"] }
            "state.ending" = { mods = ["dim"] }

            graph = {}
            timer = {}
            fork = {}
            "dialog.button" = { mods = ["reverse"] }
            "dialog.danger" = { mods = ["bold", "reverse"] }

            """#
        ),
    ]
}
