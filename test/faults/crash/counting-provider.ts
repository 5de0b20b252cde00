import type { ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import { objectOf, textOf } from "../../../plugins/meta/read-json.ts"
import type { Json } from "../../../src/domain/json.ts"
import { listening } from "../../support/http.ts"
import { recorded } from "../../support/recorded.ts"

/**
 * How one request is treated, as its own text asks for: `answer`, `drop` (acts, and the connection ends), `fail` (acts, and
 * says 500), `acted` (acts, and says nothing), `written` (neither acts nor says anything), `refuse` (400), `busy` (429).
 */
export type Turn = "answer" | "drop" | "fail" | "acted" | "written" | "refuse" | "busy"

const turns: ReadonlySet<string> = new Set<Turn>(["answer", "drop", "fail", "acted", "written", "refuse", "busy"])
const isTurn = (word: string): word is Turn => turns.has(word)

/** What the fixture channel's text says: how the first attempts are treated, and whose it is. The last one stands. */
export const scripted = (key: string, ...script: ReadonlyArray<Turn>): string => `${script.join()} ${key}`

export interface Performed {
  readonly key: string
  readonly intentId: string
  readonly attempt: number
  readonly callbackData: string
  readonly messageId: string
}

const parsed = (bytes: Buffer): Json => {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return null
  }
}

const read = (bytes: Buffer) => {
  const body = objectOf(parsed(bytes)) ?? {}
  const [script = "", key = ""] = (textOf(body["text"]) ?? "").split(" ")
  const callbackData = textOf(body["callbackData"]) ?? ""
  const [, , intentId = "", attempt = "0"] = callbackData.split(".")
  const words = script.split(",").filter(isTurn)
  return { key, intentId, attempt: Number(attempt), callbackData, turn: words[Number(attempt) - 1] ?? words.at(-1) }
}

/** A provider that performs whatever reaches it, and counts what it performed for each intent. */
export const countingProvider = Effect.gen(function* () {
  const requests = recorded<Omit<Performed, "messageId">>()
  const performed = recorded<Performed>()
  const treat = (turn: Turn, act: () => string, response: ServerResponse): unknown => {
    if (turn === "refuse") return response.writeHead(400).end("no")
    if (turn === "busy") return response.writeHead(429).end("later")
    if (turn === "written") return undefined
    const messageId = act()
    if (turn === "acted") return undefined
    if (turn === "drop") return response.destroy()
    return turn === "fail" ? response.writeHead(500).end("oh") : response.writeHead(200).end(messageId)
  }
  const server = yield* listening((_, bytes, response) => {
    const { turn = "answer", ...request } = read(bytes)
    const act = () => {
      const messageId = `m-${performed.all.length + 1}`
      performed.add({ ...request, messageId })
      return messageId
    }
    treat(turn, act, response)
    requests.add(request)
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    performed,
    /** Waits until it was asked for this key. */
    asked: (key: string) => Effect.asVoid(requests.until((all) => all.some((one) => one.key === key))),
    performedFor: (key: string): ReadonlyArray<Performed> => performed.all.filter((one) => one.key === key)
  }
})
