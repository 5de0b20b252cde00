import type { ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Webhook } from "standardwebhooks"
import { listOf, objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { listening, type Listening } from "./http.ts"
import { type Recorded, recorded } from "./recorded.ts"

/** One event as it arrived. An event that had to wait is recorded again when it is answered. */
export interface Arrival {
  readonly eventId: string
  /** The provider's id of the item. */
  readonly providerId: string
  readonly body: JsonObject
  /** The status of the response; 0 when the connection was dropped or no response was sent yet. */
  readonly answered: number
  readonly at: (...path: ReadonlyArray<string | number>) => Json | undefined
}

/**
 * A response of the runtime: a status, a status with `Retry-After` in seconds, or intents. Or no response although the event
 * was received: the connection is dropped, or stays silent until `letGo` and then receives 204.
 */
export type Reply =
  | number
  | readonly [status: number, retryAfter: number]
  | { readonly intents: Json }
  | "drop"
  | "wait"

export interface Receiver extends Listening {
  readonly url: string
  readonly arrivals: Recorded<Arrival>
  /** Requests without a valid signature. */
  readonly forged: Recorded<string>
  /** Scripts the responses to events with this provider's id, in order; 204 afterwards. */
  readonly replies: (providerId: string, ...replies: ReadonlyArray<Reply>) => void
  /** Answers every waiting request. */
  readonly letGo: () => void
  /** Removes the scripted responses of an event. */
  readonly heal: (providerId: string) => void
  /** The provider's ids of the acknowledged events, in order. */
  readonly accepted: () => ReadonlyArray<string>
  /** Waits until this many different events were acknowledged. */
  readonly acknowledged: (count: number) => Effect.Effect<ReadonlyArray<Arrival>>
}

const into = (value: Json | undefined, step: string | number) =>
  typeof step === "number" ? listOf(value)?.[step] : objectOf(value)?.[step]

const genuine = (secret: string, body: string, headers: Record<string, string>): JsonObject | undefined => {
  try {
    const event: unknown = new Webhook(secret).verify(body, headers)
    return event === undefined ? undefined : objectOf(JSON.parse(body))
  } catch {
    return undefined
  }
}

const write = (response: ServerResponse, reply: Exclude<Reply, "wait">) => {
  if (reply === "drop") {
    response.destroy()
    return 0
  }
  if (typeof reply === "object" && "intents" in reply) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply))
    return 200
  }
  const [status, retryAfter] = typeof reply === "number" ? [reply] : reply
  response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }).end()
  return status
}

const isDone = ({ answered }: Arrival) => answered >= 200 && answered < 300

/** Serves a runtime on a real socket. It accepts only requests that are signed under `secret`. */
export const receiver = (secret: string): Effect.Effect<Receiver, never, Scope.Scope> =>
  Effect.gen(function* () {
    const arrivals = recorded<Arrival>()
    const forged = recorded<string>()
    const scripts = new Map<string, Array<Reply>>()
    const waiting: Array<() => void> = []
    const server = yield* listening((request, bytes, response) => {
      const text = bytes.toString()
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
      const body = genuine(secret, text, Object.fromEntries(headers))
      if (body === undefined) {
        forged.add(text)
        response.writeHead(401).end()
        return
      }
      const at = (...path: ReadonlyArray<string | number>) => path.reduce<Json | undefined>(into, body)
      const providerId = textOf(at("data", "providerId")) ?? ""
      const eventId = request.headers["webhook-id"]?.toString() ?? ""
      const arrived = (answered: number) => arrivals.add({ eventId, providerId, body, answered, at })
      const reply = scripts.get(providerId)?.shift() ?? 204
      if (reply === "wait") waiting.push(() => arrived(write(response, 204)))
      arrived(reply === "wait" ? 0 : write(response, reply))
    })
    return {
      ...server,
      url: `http://127.0.0.1:${server.port}/comporta`,
      arrivals,
      forged,
      replies: (providerId, ...replies) => scripts.set(providerId, [...(scripts.get(providerId) ?? []), ...replies]),
      letGo: () => {
        for (const answer of waiting.splice(0)) answer()
      },
      heal: (providerId) => scripts.delete(providerId),
      accepted: () => arrivals.all.filter(isDone).map(({ providerId }) => providerId),
      acknowledged: (count) =>
        arrivals.until((all) => new Set(all.filter(isDone).map(({ eventId }) => eventId)).size >= count)
    }
  })
