import * as Effect from "effect/Effect"
import { randomId } from "../../meta/simulator/random-id.ts"

/** Looks like a message id of the provider; its content is random. */
export const messageId: Effect.Effect<string> = Effect.map(randomId(24), (id) => `wamid.${id}`)
