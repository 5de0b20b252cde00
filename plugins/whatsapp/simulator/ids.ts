import * as Effect from "effect/Effect"
import { randomId } from "../../meta/simulator/random-id.ts"

/** Makes a message id in the provider's form, with random content. */
export const messageId: Effect.Effect<string> = Effect.map(randomId(24), (id) => `wamid.${id}`)
