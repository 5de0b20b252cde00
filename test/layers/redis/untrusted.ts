import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { AnyOptions } from "../../../layers/redis/client.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { opened, said } from "./opened.ts"

export const byAddress = "IP:127.0.0.1"
export const byName = "DNS:localhost"

/** Why no connection was made. */
export const refused = (options: AnyOptions) => Effect.flip(Effect.scoped(opened(options)))

/** Says where and why, in words of ours and of Node alone. */
export const assertTlsFailure = (failure: InfraError, at: string, why: string) => {
  assert.strictEqual(failure.message, `connect to the store at ${at} (TLS: ${why}): store_tls`)
  assert.deepStrictEqual([...said(failure), failure.cause], ["store_tls", "not_applied", true, undefined])
}

/** Redis shows its authority too. */
export const unknown = "SELF_SIGNED_CERT_IN_CHAIN"
export const unsigned = "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
export const misnamed = "ERR_TLS_CERT_ALTNAME_INVALID"
