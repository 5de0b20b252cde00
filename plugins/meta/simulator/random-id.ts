import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Random from "effect/Random"

/** Returns random bytes in base64: an opaque id of the provider. */
export const randomId = (bytes: number): Effect.Effect<string> =>
  Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 255), bytes), (drawn) =>
    Base64.encode(Uint8Array.from(drawn))
  )

/** Returns random digits after a given start. */
export const randomDigits = (start: string, length: number): Effect.Effect<string> =>
  Effect.map(
    Effect.replicateEffect(Random.nextIntBetween(0, 9), length - start.length),
    (drawn) => start + drawn.join("")
  )
