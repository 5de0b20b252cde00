import { json, refusals } from "../../meta/simulator/answers.ts"
import type { Fault } from "../../meta/simulator/faults.ts"
import { isUserId } from "./webhook.ts"

const common = refusals("whatsapp")

export const { badToken, noSuchObject, badParameter } = common

/** META 3.2 */
export const accepted = (messageId: string, to: string) => {
  const person = isUserId(to) ? { user_id: to } : { wa_id: to.replace("+", "") }
  return json({ messaging_product: "whatsapp", contacts: [{ input: to, ...person }], messages: [{ id: messageId }] })
}

export const failedAfterAccepting = common.failedAfterAccepting(131_000)

export const refused = (fault: Fault) => common.refused(fault, 131_056)
