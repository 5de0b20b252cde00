import * as Schema from "effect/Schema"

/** SHA-256 of some bytes: `sha256:` and 64 hex digits. */
export const Sha256 = Schema.String.check(Schema.isPattern(/^sha256:[0-9a-f]{64}$/))
export type Sha256 = typeof Sha256.Type
