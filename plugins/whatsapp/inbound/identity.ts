export { type Identity, strong, weak } from "../../meta/identity.ts"

/** Raised when a rule of this connector changes (G12). */
export const identityVersion = 2
