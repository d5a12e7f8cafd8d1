import Testing

@testable import ConsoleViews

@Suite("Contrast")
struct ContrastTests {
    /// Roles that draw lines or graphs, not text.
    private static let lines: Set<Role> = [.border, .borderFocus, .scrollbar, .graphLow, .graphHigh]

    /// Roles that are only a ground for others.
    private static let grounds: Set<Role> = [
        .background, .rowSelected, .rowSelectedInactive, .rowMarked, .rowNew,
    ]

    @Test(
        "text has 4.5:1 on its ground and on rows, 7:1 in high contrast, lines 3:1",
        arguments: BuiltInThemes.names.filter { $0 != "ansi16" && $0 != "mono" },
        [ColorDepth.trueColor, .palette256]
    )
    func contrast(name: String, depth: ColorDepth) throws {
        let theme = try #require(BuiltInThemes.theme(named: name))
        let least = name.hasPrefix("hc-") ? 7.0 : 4.5
        let overlays: [Role?] = [nil, .rowSelected, .rowSelectedInactive, .rowMarked, .rowNew]
        for role in Role.allCases where !Self.grounds.contains(role) {
            for overlay in overlays {
                let style = Style(role, overlay: overlay)
                let found = ratio(theme.attributes(for: style, depth: depth), theme.variant)
                // A line crossing a row only has to be there; it carries nothing to read.
                let needed = Self.lines.contains(role) ? (overlay == nil ? 3 : 1.5) : least
                #expect(found >= needed, "\(role.rawValue) on \(overlay?.rawValue ?? "its ground"): \(found)")
            }
        }
    }

    @Test(
        "with sixteen colours text on a row stands out from it",
        arguments: ["default-dark", "default-light", "ansi16"]
    )
    func sixteen(name: String) throws {
        let theme = try #require(BuiltInThemes.theme(named: name))
        for role in Role.allCases where !Self.grounds.contains(role) {
            let look = theme.attributes(for: Style(role, overlay: .rowSelected), depth: .ansi16)
            #expect(look.foreground != look.background, "\(role.rawValue)")
            #expect(ratio(look, theme.variant) >= 3, "\(role.rawValue): \(look)")
        }
    }

    @Test(
        "good, late and bad look apart to people with that colour vision",
        arguments: [("cb-deuteranopia", deuteranopia), ("cb-tritanopia", tritanopia)]
    )
    func colorVision(name: String, matrix: [Double]) throws {
        let theme = try #require(BuiltInThemes.theme(named: name))
        let colors = [Role.stateOK, .stateWarn, .stateBad].map { role -> RGB in
            let look = theme.attributes(for: Style(role), depth: .trueColor)
            return seen(exact(look.foreground, standIn: RGB(0, 0, 0)), through: matrix)
        }
        #expect(colors[0].distance(to: colors[1]) > 0.1)
        #expect(colors[1].distance(to: colors[2]) > 0.1)
        #expect(colors[0].distance(to: colors[2]) > 0.1)
    }

    @Test(
        "known ratios (WCAG 2.2)",
        arguments: [
            ("#000", "#fff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0),
            ("#abc", "#abc", 1.0),
        ]
    )
    func known(first: String, second: String, ratio: Double) throws {
        let found = try #require(RGB(hex: first)).contrast(with: #require(RGB(hex: second)))
        #expect((found - ratio).magnitude < 0.01)
    }

    @Test("the nearest colour of a palette entry is itself")
    func nearest() {
        for index in UInt8(16)...255 {
            let nearest = RGB.indexed(RGB.indexed(index).nearestIndexed)
            #expect(nearest == RGB.indexed(index))
        }
        for index in UInt8(0)...15 { #expect(RGB.indexed(index).nearestANSI == index) }
        #expect(RGB(254, 2, 2).nearestANSI == 9)
        #expect(RGB(0x61, 0xAF, 0xEF).nearestIndexed == 75)
    }

    @Test(
        "what is no colour is refused",
        arguments: ["", "#", "#12", "#12345", "123456", "#gggggg", "#1234567"]
    )
    func refused(text: String) {
        #expect(RGB(hex: text) == nil)
    }

    private func ratio(_ look: Attributes, _ variant: ThemeSource.Variant) -> Double {
        // What a terminal's own colours commonly are.
        let isLight = variant == .light
        let ground = isLight ? RGB(0xFA, 0xFA, 0xFA) : RGB(0x28, 0x2C, 0x34)
        let ink = isLight ? RGB(0x38, 0x3A, 0x42) : RGB(0xDC, 0xDF, 0xE4)
        return exact(look.foreground, standIn: ink).contrast(with: exact(look.background, standIn: ground))
    }

    private func exact(_ color: Color, standIn: RGB) -> RGB {
        switch color {
        case .terminalDefault: standIn
        case .indexed(let index): RGB.indexed(index)
        case .rgb(let exact): exact
        }
    }

    private func seen(_ color: RGB, through matrix: [Double]) -> RGB {
        let light = [color.red, color.green, color.blue].map { RGB.linear($0) }
        let channels = (0..<3).map { row -> UInt8 in
            let amount = (0..<3).reduce(0) { $0 + matrix[row * 3 + $1] * light[$1] }
            // The stored channel whose amount of light is nearest.
            let all = UInt8(0)...255
            return all.min { (RGB.linear($0) - amount).magnitude < (RGB.linear($1) - amount).magnitude } ?? 0
        }
        return RGB(channels[0], channels[1], channels[2])
    }
}

// What light becomes for people without one kind of cone, in linear red, green and blue.
// Source: Machado, Oliveira and Fernandes (2009), severity 1.
private let deuteranopia = [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881,
]
private let tritanopia = [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900,
]
