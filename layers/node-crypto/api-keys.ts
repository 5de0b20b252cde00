import * as Layer from "effect/Layer"
import type { SecretReader } from "../../src/connector/channel.ts"
import { ApiKeys, type Client } from "../../src/http/auth/api-keys.ts"
import { matchApiKey } from "./api-key.ts"

/** Compares keys in constant time with the current and the previous version of each. */
export const layer = (
  keys: ReadonlyArray<{ readonly client: Client; readonly secret: SecretReader }>
): Layer.Layer<ApiKeys> =>
  Layer.succeed(
    ApiKeys,
    ApiKeys.of({
      clientOf: (presented) => {
        const candidates = keys.flatMap(({ client, secret }) =>
          secret.candidates().map((candidate) => ({ client, candidate }))
        )
        const found = matchApiKey(
          presented,
          candidates.map(({ candidate }) => candidate)
        )
        return candidates[found]?.client
      }
    })
  )
