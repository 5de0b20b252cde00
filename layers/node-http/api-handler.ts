import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { UnknownKeys } from "../../src/http/auth/unknown-keys.ts"
import type { Destination, RequestClassifier } from "../../src/http/server/request-classifier.ts"
import { type PlainResponse, tooBusy } from "../../src/http/server/response.ts"
import { writeResponse } from "./write-response.ts"
import { uploadTimeoutMs } from "./slow-body-guard.ts"
import { type Lane, lane } from "./limits.ts"
import { oneAtATime } from "./one-at-a-time.ts"

export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Describes a request that is refused by its head. `again` reads the head once more, because its key may be known by
 * then.
 */
export interface RefusedRequest {
  readonly answer: PlainResponse
  readonly again: () => void
}

/** Writes an answer that the head of a request has decided, after the earlier requests of the connection. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, refused: RefusedRequest) => void

/** Milliseconds without a byte on a connection: while a call is under way, and once its whole answer is written. */
const callIdleMs = uploadTimeoutMs
const peerIdleMs = 20_000

/**
 * Handles everything but webhooks and the intents of known clients. The front assigns each request to a lane, which
 * bounds how many are under way (G50). `idle` has the connections without a request so far.
 */
export const apiHandler = (
  classify: RequestClassifier | undefined,
  api: Handle,
  idle: ReadonlySet<Socket>,
  unknownKeys: UnknownKeys = () => "refused"
): { readonly handle: Handle; readonly refuse: Refuse } => {
  const inTurn = oneAtATime(idle)
  const lanes: Readonly<Record<Destination["lane"], Lane>> = {
    refusal: lane({ underWay: 2_048, waiting: 4_096, perTurn: 16 }),
    probe: lane({ underWay: 1_024, waiting: 4_096, perTurn: 16 }),
    page: lane({ underWay: 16, waiting: 256, perTurn: 1 }),
    api: lane({ underWay: 64, waiting: 1_024, perTurn: 4 })
  }

  const enter = (name: Destination["lane"], request: IncomingMessage, response: ServerResponse, begin: () => void) =>
    inTurn(request, response, () => {
      response.setTimeout(callIdleMs)
      response.once("prefinish", () => response.setTimeout(peerIdleMs))
      if (!lanes[name](response, begin)) writeResponse(response, tooBusy)
    })

  const route = ({ method = "", url = "", headers }: IncomingMessage): Destination =>
    classify?.({ method, url, headers }) ?? { lane: "api" }

  /** Refuses a request, unless refreshing the secrets may show that its key is a known one (G29). */
  const doubt = ({ headers }: IncomingMessage, response: ServerResponse, refuse: () => void, again: () => void) => {
    const became = unknownKeys(headers, () => (response.destroyed ? undefined : again()))
    if (became === "refused") refuse()
    else if (became === "busy") writeResponse(response, tooBusy)
  }

  const late = (request: IncomingMessage, response: ServerResponse) => {
    const to = route(request)
    if (to.lane !== "api") return to.reply((answer) => writeResponse(response, answer))
    if (!lanes.api(response, () => api(request, response))) writeResponse(response, tooBusy)
  }

  return {
    handle: (request, response) => {
      const to = route(request)
      enter(to.lane, request, response, () => {
        if (to.lane === "api") return api(request, response)
        const reply = () => to.reply((answer) => writeResponse(response, answer))
        if (to.lane !== "refusal" || to.wrongKey !== true) return reply()
        doubt(request, response, reply, () => late(request, response))
      })
    },
    refuse: (request, response, { answer, again }) =>
      enter("refusal", request, response, () => {
        const refuse = () => writeResponse(response, answer)
        if (answer.status !== 401) return refuse()
        doubt(request, response, refuse, again)
      })
  }
}
