import type { IncomingMessage, ServerResponse } from "node:http"
import type { Destination, Front } from "../../src/http/front.ts"
import { type PlainResponse, tooBusy } from "../../src/http/plain-response.ts"
import { write } from "./answer.ts"
import { longest } from "./hurry.ts"
import { type Lane, lane } from "./lane.ts"
import { oneAtATime } from "./one-at-a-time.ts"

export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** Writes an answer that the head of a request has decided, when its turn comes. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, answer: PlainResponse) => void

/** Milliseconds without a byte on a connection: while a call is under way, and once its whole answer is written. */
const quietCall = longest
const quietPeer = 20_000

/** Everything but webhooks and the intents of known clients: sorted by the front, with places for each sort (G50). */
export const apiHandler = (
  front: Front | undefined,
  api: Handle
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
      if (!lanes[name](response, begin)) write(response, tooBusy)
    })

  return {
    handle: (request, response) => {
      const { method = "", url = "", headers } = request
      const to: Destination = front?.({ method, url, headers }) ?? { lane: "api" }
      enter(to.lane, request, response, () => {
        if (to.lane === "api") api(request, response)
        else to.reply((answer) => write(response, answer))
      })
    },
    refuse: (request, response, answer) => enter("refusal", request, response, () => write(response, answer))
  }
}
