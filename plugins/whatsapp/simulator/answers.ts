import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { codePoints } from "../../meta/input-schema.ts"
import { listOf, objectOf } from "../../meta/read-json.ts"
import { graphError, json, refusals } from "../../meta/simulator/answers.ts"
import { isUserId } from "./webhook.ts"

/** A refusal of the provider: a code of META 3.5, and details for people. */
export interface Mistake {
  readonly code: number
  readonly details: string
  /** 400 unless the table has another. */
  readonly status?: number
  readonly subcode?: number
}

export const missing = (what: string): Mistake => ({ code: 131_008, details: `${what} is required` })
export const badValue = (details: string): Mistake => ({ code: 131_009, details })
export const tooMuch = (what: string, most: number): Mistake => ({
  code: 100,
  details: `${what} must be at most ${most} long`
})

/** Returns one mistake in the object of a message, or `undefined`. */
export type Check = (object: JsonObject) => Mistake | undefined

export const into = (object: JsonObject, path: string): Json | undefined =>
  path.split(".").reduce<Json | undefined>((value, step) => objectOf(value)?.[step], object)

/** Returns the first mistake that any of the checks finds. */
export const all =
  (...checks: ReadonlyArray<Check>): Check =>
  (object) => {
    for (const check of checks) {
      const found = check(object)
      if (found !== undefined) return found
    }
    return undefined
  }

export const required =
  (...paths: ReadonlyArray<string>): Check =>
  (object) => {
    const gone = paths.find((path) => [undefined, null, ""].some((nothing) => into(object, path) === nothing))
    return gone === undefined ? undefined : missing(gone)
  }

/** Limits the length of a text, where present. */
export const within =
  (path: string, most: number): Check =>
  (object) => {
    const text = into(object, path)
    return typeof text === "string" && codePoints(text) > most ? tooMuch(path, most) : undefined
  }

/** Checks every item of a list, and limits their number. */
export const items =
  (path: string, most: number, check: Check): Check =>
  (object) => {
    const list = listOf(into(object, path)) ?? []
    if (list.length > most) return tooMuch(path, most)
    return list.map((item) => check(objectOf(item) ?? {})).find((found) => found !== undefined)
  }

/** The refusals of every Graph channel, with WhatsApp's members. */
export const common = refusals("whatsapp")

/** Returns a refusal of the table (META 3.5). */
export const mistaken = ({ code, details, status = 400, subcode }: Mistake) =>
  graphError({ status, code, subcode, details, product: "whatsapp" })

/** Returns the refusal of an invalid token. The subcode 460, 463 or 467 gives the reason (META 3.5). */
export const expired = (subcode: number) =>
  mistaken({ code: 190, subcode, status: 401, details: "the token is no longer valid" })

export const { badToken, noSuchObject, badParameter } = common

/** Returns the answer to an accepted message (META 3.2). */
export const accepted = (messageId: string, to: string) => {
  const person = isUserId(to) ? { user_id: to } : { wa_id: to.replace("+", "") }
  return json({ messaging_product: "whatsapp", contacts: [{ input: to, ...person }], messages: [{ id: messageId }] })
}
