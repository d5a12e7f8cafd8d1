extension MessageIndex {
    /// True when a list field such as Supported names an option tag, upper and lower case alike.
    ///
    /// - Shape: `tag` in lower case.
    public func lists(_ tag: StaticString, in id: HeaderID, _ bytes: Span<UInt8>) -> Bool {
        var field = first(id)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) {
                if bytes.equals(value, ignoringCase: tag) { return true }
            }
            field = next(after: present)
        }
        return false
    }
}
