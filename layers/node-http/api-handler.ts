import type { IncomingMessage, ServerResponse } from "node:http"
import type { UnknownKeys } from "../../src/http/auth/unknown-keys.ts"
import type { Destination, RequestClassifier } from "../../src/http/server/request-classifier.ts"
import { type PlainResponse, tooBusy } from "../../src/http/server/response.ts"
import { writeResponse } from "./write-response.ts"
import { longest } from "./slow-body-guard.ts"
import { type Lane, lane } from "./lane.ts"
import { oneAtATime } from "./one-at-a-time.ts"

export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** `again`: looks at the head once more, since a key may be known by then. */
export interface RefusedRequest {
  readonly answer: PlainResponse
  readonly again: () => void
}

/** Writes an answer that the head of a request has decided, when its turn comes. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, refused: RefusedRequest) => void

/** Milliseconds without a byte on a connection: while a call is under way, and once its whole answer is written. */
const quietCall = longest
const quietPeer = 20_000

/** Everything but webhooks and the intents of known clients: the classifier assigns each request to a lane (G50). */
export const apiHandler = (
  classify: RequestClassifier | undefined,
  api: Handle,
  unknownKeys: UnknownKeys = () => "refused"
): { readonly handle: Handle; readonly refuse: Refuse } => {
  const inTurn = oneAtATime()
  const lanes: Readonly<Record<Destination["lane"], Lane>> = {
    refusal: lane({ underWay: 2_048, waiting: 4_096, perTurn: 16 }),
    probe: lane({ underWay: 1_024, waiting: 4_096, perTurn: 16 }),
    page: lane({ underWay: 16, waiting: 256, perTurn: 1 }),
    api: lane({ underWay: 64, waiting: 1_024, perTurn: 4 })
  }

  const enter = (name: Destination["lane"], request: IncomingMessage, response: ServerResponse, begin: () => void) =>
    inTurn(request, response, () => {
      response.setTimeout(quietCall)
      response.once("prefinish", () => response.setTimeout(quietPeer))
      if (!lanes[name](response, begin)) writeResponse(response, tooBusy)
    })

  const sorted = ({ method = "", url = "", headers }: IncomingMessage): Destination =>
    classify?.({ method, url, headers }) ?? { lane: "api" }

  /** Refuses, unless reading the secrets again may show that the key is a known one (G29). */
  const doubt = ({ headers }: IncomingMessage, response: ServerResponse, refuse: () => void, again: () => void) => {
    const became = unknownKeys(headers, () => (response.destroyed ? undefined : again()))
    if (became === "refused") refuse()
    else if (became === "busy") writeResponse(response, tooBusy)
  }

  const late = (request: IncomingMessage, response: ServerResponse) => {
    const to = sorted(request)
    if (to.lane !== "api") return to.reply((answer) => writeResponse(response, answer))
    if (!lanes.api(response, () => api(request, response))) writeResponse(response, tooBusy)
  }

  return {
    handle: (request, response) => {
      const to = sorted(request)
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
