import type { ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { objectOf, textOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { listening, type Listening } from "./http.ts"
import { type Recorded, recorded } from "./recorded.ts"

/**
 * The provider's treatment of one request. `drop` and `fail_after_accepting` accept it first; `wait` accepts it after `letGo`.
 * `html` and `hang` do not accept it, but the caller cannot know that.
 */
export type Turn =
  | "accept"
  | "wait"
  | "drop"
  | "fail_after_accepting"
  | "html"
  | "hang"
  | { readonly refuse: number; readonly status?: number; readonly says?: string }

export interface GraphRequest {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: Json
  readonly callbackData: string
}

/** A message that the provider accepted. */
export interface Sent {
  readonly messageId: string
  readonly to: string
  readonly text: string
  readonly callbackData: string
}

export interface Provider extends Listening {
  readonly url: string
  readonly requests: Recorded<GraphRequest>
  readonly effects: Recorded<Sent>
  /** Returns the messages that were sent for one intent, over all its attempts. */
  readonly effectsOf: (intentId: unknown) => ReadonlyArray<Sent>
  /** Scripts the treatment of the next requests, in order; `accept` without a script. */
  readonly next: (...turns: ReadonlyArray<Turn>) => void
  /** Rejects every token of later probes. */
  readonly refuseTokens: () => void
  /** Accepts only this token from now on. */
  readonly takeToken: (token: string) => void
  /** Answers every waiting request. */
  readonly letGo: () => void
}

const json = (response: ServerResponse, status: number, body: Json) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

const error = (code: number, details = "refused"): Json => ({
  error: {
    message: `(#${code}) ${details}`,
    type: "OAuthException",
    code,
    error_data: { messaging_product: "whatsapp", details },
    fbtrace_id: "trace"
  }
})

const at = (body: Json, ...path: ReadonlyArray<string>) =>
  textOf(path.reduce<Json | undefined>((value, key) => objectOf(value)?.[key], body)) ?? ""

/** Returns the response to a probe: every number, business account and subscription exists. */
const probed = (path: string): Json => {
  const [, , id = "", edge] = (path.split("?")[0] ?? "").split("/")
  return edge === undefined ? { id, quality_rating: "GREEN" } : { data: [{ id: "an app" }] }
}

/** Serves a small `/messages` of the Graph API on a real socket. `messageId` names the n-th message, counted from 1. */
export const provider = (
  messageId: (n: number) => string = (n) => `wamid.effect-${n}`
): Effect.Effect<Provider, never, Scope.Scope> =>
  Effect.gen(function* () {
    const turns: Array<Turn> = []
    const waiting: Array<() => void> = []
    const requests = recorded<GraphRequest>()
    const effects = recorded<Sent>()
    const accept = (body: Json): Sent => {
      const sent = {
        messageId: messageId(effects.all.length + 1),
        to: at(body, "to") + at(body, "recipient"),
        text: at(body, "text", "body"),
        callbackData: at(body, "biz_opaque_callback_data")
      }
      effects.add(sent)
      return sent
    }
    const treat = (turn: Turn, body: Json, response: ServerResponse): unknown => {
      if (turn === "hang") return undefined
      if (turn === "wait") return waiting.push(() => treat("accept", body, response))
      if (turn === "html") return response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>")
      if (typeof turn === "object") return json(response, turn.status ?? 400, error(turn.refuse, turn.says))
      if (at(body, "status") === "read") {
        return turn === "drop" ? response.destroy() : json(response, 200, { success: true })
      }
      const { messageId: id, to } = accept(body)
      if (turn === "drop") return response.destroy()
      if (turn === "fail_after_accepting") return json(response, 500, error(131000))
      const contacts = [{ input: to, wa_id: to.replace("+", "") }]
      return json(response, 200, { messaging_product: "whatsapp", contacts, messages: [{ id }] })
    }
    let tokens = true
    let taken: string | undefined
    const server = yield* listening((request, bytes, response) => {
      const foreign = taken !== undefined && request.headers.authorization !== `Bearer ${taken}`
      if (foreign || (request.method === "GET" && !tokens)) {
        json(response, 401, error(190))
        return
      }
      if (request.method === "GET") {
        json(response, 200, probed(request.url ?? ""))
        return
      }
      const body: Json = JSON.parse(bytes.toString())
      const turn = turns.shift() ?? "accept"
      treat(turn, body, response)
      requests.add({
        path: request.url ?? "",
        authorization: request.headers.authorization,
        body,
        callbackData: at(body, "biz_opaque_callback_data")
      })
    })
    return {
      ...server,
      takeToken: (token) => {
        taken = token
      },
      refuseTokens: () => {
        tokens = false
      },
      url: `http://127.0.0.1:${server.port}`,
      requests,
      effects,
      effectsOf: (intentId) => effects.all.filter(({ callbackData }) => callbackData.split(".")[2] === intentId),
      next: (...more) => turns.push(...more),
      letGo: () => {
        for (const answer of waiting.splice(0)) answer()
      }
    }
  })
