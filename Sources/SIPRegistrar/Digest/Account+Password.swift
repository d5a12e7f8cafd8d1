extension Account {
    /// Makes an account of a password, of which only the two HA1 are kept.
    public init(user: String, realm: String, password: String, hashes: HashFunctions) {
        let secret = Array("\(user):\(realm):\(password)".utf8)
        self.init(user: user, realm: realm, md5: hashes.md5(secret.span), sha256: hashes.sha256(secret.span))
    }
}
