import { version } from "../../src/version.ts"

/** Name and release of this program, sent with every request that it makes. */
export const userAgent = `comporta/${version}`
