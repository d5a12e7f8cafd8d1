import SIPCore
import SIPRegistrar

extension Startup {
    /// Hands on what the file says of the registrar's choices.
    mutating func applyRegistrarPolicy(_ settings: Settings) {
        core.userAliases = settings.userAliases
        core.ignoresUserCase = settings.ignoresUserCase ?? core.ignoresUserCase
        core.takesTelephoneNumbers = settings.takesTelephoneNumbers ?? core.takesTelephoneNumbers
        var policy = core.registrarPolicy
        policy.overflow = settings.contactsOverflow ?? policy.overflow
        policy.replacesSamePhone = settings.replacesSamePhone ?? policy.replacesSamePhone
        policy.listsOnlyOwn = settings.listsOnlyOwn ?? policy.listsOnlyOwn
        policy.requiresPathSupport = settings.requiresPathSupport ?? policy.requiresPathSupport
        policy.takesOutbound = settings.takesOutbound ?? policy.takesOutbound
        policy.pushServices = settings.pushServices
        if settings.givesGRUU == true {
            var generator = SystemRandomNumberGenerator()
            policy.gruuKey = GRUUKey(using: &generator)
        }
        core.registrarPolicy = policy
    }
}
