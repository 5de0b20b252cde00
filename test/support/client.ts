import * as Effect from "effect/Effect"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { type Answer, ask, type NoAnswer } from "./http.ts"
import { bytesOf, customer, signature } from "./webhook.ts"

/** Secrets for tests. Each is unique, so that a test can search for it. */
export const secrets = {
  "meta/app-secret": "app-secret-7f1c0de5",
  "meta/verify-token": "verify-token-51e0",
  "whatsapp/support": "EAAG-access-token-93d2",
  "api/crm": "cmp_crm-key-4b8a",
  "api/shop": "cmp_shop-key-77e1",
  "api/watch": "cmp_watch-key-02cf",
  "runtime/signing": `whsec_${Buffer.alloc(32, 7).toString("base64")}`
} as const

type Key = "crm" | "shop" | "watch"

export interface Counts {
  readonly received: number
  readonly admitted: number
  readonly deduped: number
  readonly quarantined: number
  readonly delivered: number
  readonly deadLettered: number
  readonly pending: number
}

/** A client of a gateway under test. */
export interface Client {
  readonly url: string
  /** Signs and posts a webhook. */
  readonly deliver: (body: Json | Uint8Array) => Effect.Effect<Answer, NoAnswer>
  /** Posts a webhook with these headers and no signature but theirs. */
  readonly post: (
    body: Json | Uint8Array,
    headers: Readonly<Record<string, string | ReadonlyArray<string>>>
  ) => Effect.Effect<Answer, NoAnswer>
  /** Sends a text; `more` overrides members of the body. */
  readonly send: (idempotencyKey: string, more?: JsonObject, as?: Key) => Effect.Effect<Answer, NoAnswer>
  readonly get: (path: string, as?: Key) => Effect.Effect<Answer, NoAnswer>
  readonly intent: (intentId: unknown) => Effect.Effect<Answer, NoAnswer>
  /** The event counts of `/metrics`. */
  readonly counts: Effect.Effect<Counts, NoAnswer>
}

export const aText: JsonObject = {
  connector: "whatsapp",
  account: "support",
  capability: "text",
  to: `+${customer}`,
  input: { body: "hello" }
}

const countsOf = (text: string): Counts => {
  const value = (name: string) => Number(new RegExp(`^comporta_events_${name} (\\d+)$`, "m").exec(text)?.[1])
  return {
    received: value("received_total"),
    admitted: value("admitted_total"),
    deduped: value("deduped_total"),
    quarantined: value("quarantined_total"),
    delivered: value("delivered_total"),
    deadLettered: value("dead_lettered_total"),
    pending: value("pending")
  }
}

export const bearer = (as: Key) => ({ authorization: `Bearer ${secrets[`api/${as}`]}` })

export const client = (url: string): Client => {
  const get = (path: string, as: Key = "crm") => ask(`${url}${path}`, { headers: bearer(as) })
  const post: Client["post"] = (body, headers) =>
    ask(`${url}/webhooks/whatsapp`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: bytesOf(body)
    })
  return {
    url,
    post,
    get,
    deliver: (body) => post(body, { "x-hub-signature-256": signature(secrets["meta/app-secret"], bytesOf(body)) }),
    send: (idempotencyKey, more = {}, as = "crm") =>
      ask(`${url}/v1/intents`, {
        method: "POST",
        headers: { ...bearer(as), "content-type": "application/json", "idempotency-key": idempotencyKey },
        body: JSON.stringify({ ...aText, ...more })
      }),
    intent: (intentId) => get(`/v1/intents/${String(intentId)}`),
    counts: Effect.map(get("/metrics"), ({ text }) => countsOf(text))
  }
}

/** Returns true when the event counts balance (I3). */
export const conserves = ({ received, admitted, deduped, quarantined, delivered, deadLettered, pending }: Counts) =>
  received === admitted + deduped + quarantined && admitted === delivered + pending + deadLettered
