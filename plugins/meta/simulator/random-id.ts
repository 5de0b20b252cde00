import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Random from "effect/Random"

/** Random bytes in base64: an id of the provider that says nothing. */
export const randomId = (bytes: number): Effect.Effect<string> =>
  Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 255), bytes), (drawn) =>
    Base64.encode(Uint8Array.from(drawn))
  )

/** Random digits, the first of them given. */
export const randomDigits = (start: string, length: number): Effect.Effect<string> =>
  Effect.map(
    Effect.replicateEffect(Random.nextIntBetween(0, 9), length - start.length),
    (drawn) => start + drawn.join("")
  )
