import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { IntentId } from "../../domain/ids.ts"
import { callbackMacOf, type Sender } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"

/**
 * Data that the provider returns with a status: `c1`, deployment, intent, attempt, and a MAC over these and the sender
 * (G18). It has no personal data and fewer than 128 characters.
 */
export interface CallbackData {
  readonly intentId: IntentId
  readonly attempt: number
}

/** Returns the callback data as text. */
export const encodeCallbackData = (
  hash: IdHash["Service"],
  deployment: string,
  sender: Sender,
  data: CallbackData
): string => `c1.${deployment}.${data.intentId}.${data.attempt}.${callbackMacOf(hash, deployment, sender, data)}`

const isIntentId = Schema.decodeUnknownOption(IntentId)

/** Parses callback data. Returns `undefined` for that of another deployment, account or version, and for a forgery. */
export const decodeCallbackData = (
  hash: IdHash["Service"],
  deployment: { readonly id: string; readonly former: ReadonlyArray<string> },
  sender: Sender,
  text: string
): CallbackData | undefined => {
  const [version, from, id, attempt, mac, ...rest] = text.split(".")
  if (version !== "c1" || from === undefined || rest.length > 0) return undefined
  if (from !== deployment.id && !deployment.former.includes(from)) return undefined
  const intentId = Option.getOrUndefined(isIntentId(id))
  if (intentId === undefined || attempt === undefined || !/^[1-9]\d{0,8}$/.test(attempt)) return undefined
  const data = { intentId, attempt: Number(attempt) }
  return mac === callbackMacOf(hash, from, sender, data) ? data : undefined
}
