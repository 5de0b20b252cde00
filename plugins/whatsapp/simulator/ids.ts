import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Random from "effect/Random"

const randomByte = Random.nextIntBetween(0, 255)

/** Looks like a message id of the provider; its content is random. */
export const messageId: Effect.Effect<string> = Effect.map(
  Effect.replicateEffect(randomByte, 24),
  (bytes) => `wamid.${Base64.encode(Uint8Array.from(bytes))}`
)
