import { version } from "../../src/version.ts"

/** Names this program and its release in every request that it makes. */
export const userAgent = `comporta/${version}`
