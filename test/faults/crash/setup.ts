import { createHash, createHmac } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { JsonObject } from "../../../src/domain/json.ts"
import type { Client } from "../../support/client.ts"
import { type Answer, ask, type NoAnswer } from "../../support/http.ts"
import { installation } from "../../support/program.ts"
import { Bundled } from "./bundled.ts"
import { type Played, replica } from "../support/replica.ts"
import type { Step } from "../support/steps.ts"
import { countingProvider, type Performed, scripted, type Turn } from "./counting-provider.ts"

/** A capability of each protection level. */
export const levels = { idempotent: "mark", verified: "post", unprotected: "poke" } as const
export type Level = keyof typeof levels
export const everyLevel = ["idempotent", "verified", "unprotected"] as const satisfies ReadonlyArray<Level>

const signing = "fixture-signing-0e5b"

const file = (at: string) => (directory: string) =>
  `
environment: local
server: { port: 8080 }
store: { ${at}, durability: process, sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: "${directory}/secrets" }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read, operate] } ] }
connectors:
  fixture:
    secrets: { signing: fixture/signing }
    accounts: { front: { number: "100", secrets: { token: fixture/front } } }
    capabilities: [mark, post, poke]
`

/** One thing that a caller wants done, and how the provider treats its attempts. */
export interface Wish {
  readonly key: string
  readonly level: Level
  readonly script: ReadonlyArray<Turn>
  /** To be accepted, and performed later. */
  readonly later?: boolean
}

/** Nobody else's: doubts about one recipient hold no other's lane. */
const recipientOf = (key: string) => `+1555${parseInt(createHash("sha256").update(key).digest("hex").slice(0, 8), 16)}`

const bodyOf = ({ key, level, script }: Wish): JsonObject => ({
  connector: "fixture",
  account: "front",
  capability: levels[level],
  ...(level === "idempotent" ? {} : { to: recipientOf(key) }),
  input: { text: scripted(key, ...script) }
})

/** Asks a gateway for it, without an end where the gateway has none. */
export const wish = (gateway: Client, one: Wish): Effect.Effect<Answer, NoAnswer> =>
  ask(`${gateway.url}/v1/intents`, {
    method: "POST",
    headers: {
      authorization: "Bearer cmp_crm-key-4b8a",
      "content-type": "application/json",
      "idempotency-key": one.key,
      ...(one.later === true ? { prefer: "respond-async" } : {})
    },
    body: JSON.stringify(bodyOf(one))
  })

/** What the provider says of what it performed. */
export const report = (gateway: Client, { key, messageId, callbackData }: Performed, status = "delivered") => {
  const body = JSON.stringify([{ id: messageId, account: "100", status, callbackData, from: recipientOf(key) }])
  return ask(`${gateway.url}/webhooks/fixture`, {
    method: "POST",
    headers: { "x-signature": createHmac("sha256", signing).update(body).digest("hex") },
    body
  })
}

/** Replicas over one store, as the file says where that is, and a provider that counts. */
export const setupOn = (at: string) =>
  Effect.gen(function* () {
    const { entry, env } = yield* Bundled
    const provider = yield* countingProvider
    const secrets = { "fixture/signing": signing, "fixture/front": "fixture-token-77aa" }
    const installed = yield* installation({ file: file(at), secrets, sealed: true })
    const played = { entry, env: { ...env, FIXTURE_PROVIDER: provider.url } }
    // A port that was free a moment ago may be taken by now.
    const started = (one: Played) => Effect.retry(replica(installed, one), Schedule.recurs(3))
    return { provider, start: started(played), startArmed: (armed: Step) => started({ ...played, armed }) }
  })

export const setupAt = (redisUrl: string) => setupOn(`url: "${redisUrl}"`)

export type Setup = Effect.Success<ReturnType<typeof setupOn>>
