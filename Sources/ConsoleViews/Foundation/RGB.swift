/// A colour as red, green and blue.
///
/// - Source: sRGB (IEC 61966-2-1); distance in Oklab (Ottosson, 2020); contrast by WCAG 2.2.
public struct RGB: Sendable, Hashable {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// Mixes a colour.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rrggbb` or `#rgb`; nil for anything else.
    public init?(hex: some StringProtocol) {
        guard hex.first == "#" else { return nil }
        let digits = hex.dropFirst().compactMap(\.hexDigitValue)
        guard digits.count == hex.count - 1 else { return nil }
        switch digits.count {
        case 3: self.init(UInt8(digits[0] * 17), UInt8(digits[1] * 17), UInt8(digits[2] * 17))
        case 6:
            self.init(
                UInt8(digits[0] * 16 + digits[1]),
                UInt8(digits[2] * 16 + digits[3]),
                UInt8(digits[4] * 16 + digits[5])
            )
        default: return nil
        }
    }

    /// The colour as one number, `0xRRGGBB`.
    public var packed: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    /// How bright the colour looks: 0 for black, 1 for white.
    public var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    /// The contrast of two colours, from 1 (the same) to 21 (black on white).
    public func contrast(with other: RGB) -> Double {
        let lighter = max(luminance, other.luminance)
        let darker = min(luminance, other.luminance)
        return (lighter + 0.05) / (darker + 0.05)
    }

    /// How different two colours look: 0 for the same, about 1 for black and white.
    public func distance(to other: RGB) -> Double {
        let first = oklab
        let second = other.oklab
        let square = (first - second) * (first - second)
        return square.sum().squareRoot()
    }

    /// The entry of the 256-colour palette that looks most alike.
    ///
    /// - Limits: only the fixed entries 16 to 255; users change the first sixteen.
    public var nearestIndexed: UInt8 {
        nearest(among: 16...255, Self.indexed)
    }

    /// The entry of the sixteen standard colours that looks most alike.
    public var nearestANSI: UInt8 {
        nearest(among: 0...15, Self.indexed)
    }

    private func nearest(among indexes: ClosedRange<UInt8>, _ color: (UInt8) -> RGB) -> UInt8 {
        var best = indexes.lowerBound
        var smallest = Double.infinity
        for index in indexes {
            let distance = distance(to: color(index))
            if distance < smallest {
                smallest = distance
                best = index
            }
        }
        return best
    }

    /// The usual colour of an entry of the 256-colour palette: 16 named, a 6x6x6 cube, 24 greys.
    public static func indexed(_ index: UInt8) -> RGB {
        switch index {
        case 0..<16:
            return standard[Int(index)]
        case 16..<232:
            let steps: [UInt8] = [0, 95, 135, 175, 215, 255]
            let place = Int(index) - 16
            return RGB(steps[place / 36], steps[place / 6 % 6], steps[place % 6])
        default:
            let grey = 8 + 10 * (index - 232)
            return RGB(grey, grey, grey)
        }
    }

    private static let standard: [RGB] = [
        RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
        RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
        RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
        RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]

    /// Lightness and the two colour axes in which equal steps look equally large.
    private var oklab: SIMD3<Double> {
        let red = Self.linear(red)
        let green = Self.linear(green)
        let blue = Self.linear(blue)
        let long = cubeRoot(0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue)
        let medium = cubeRoot(0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue)
        let short = cubeRoot(0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue)
        return SIMD3(
            0.210_454_255_3 * long + 0.793_617_785 * medium - 0.004_072_046_8 * short,
            1.977_998_495_1 * long - 2.428_592_205 * medium + 0.450_593_709_9 * short,
            0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766 * short
        )
    }

    /// A stored channel as an amount of light from 0 to 1.
    static func linear(_ channel: UInt8) -> Double { linearTable[Int(channel)] }

    private static let linearTable: [Double] = (0...255).map { channel in
        let share = Double(channel) / 255
        if share <= 0.040_45 { return share / 12.92 }
        // x^2.4 without a maths library: (x^12) to the fifth root.
        let base = (share + 0.055) / 1.055
        let square = base * base
        let twelfth = square * square * square * square * square * square
        return root(twelfth, 5)
    }
}

private func cubeRoot(_ value: Double) -> Double { root(value, 3) }

/// The root of a number from 0 to 1 by Newton's method; the standard library has only the square root.
private func root(_ value: Double, _ degree: Int) -> Double {
    guard value > 0 else { return 0 }
    var guess = 1.0
    for _ in 0..<64 {
        var power = 1.0
        for _ in 1..<degree { power *= guess }
        let next = guess + (value / power - guess) / Double(degree)
        if (next - guess).magnitude < 1e-15 { break }
        guess = next
    }
    return guess
}
