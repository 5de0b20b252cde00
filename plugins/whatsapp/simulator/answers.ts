import { graphError, json, refusals } from "../../meta/simulator/answers.ts"
import type { Mistake } from "./mistake.ts"
import { isUserId } from "./webhook.ts"

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
