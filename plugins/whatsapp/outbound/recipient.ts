import type { ConversationOf } from "../../../src/connector/inbound.ts"

const phone = /^\+?[0-9]{7,15}$/
const userId = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
/** META 2.3 calls it opaque and like base64; the one that was seen has 57 characters. */
const groupId = /^(?=[^a-zA-Z]*[a-zA-Z])[A-Za-z0-9+/_-]{24,256}={0,2}$/

/** Refuses what is no phone number, no business-scoped user id and no group id (META 2.2, 2.3, 3.1). */
export const checkRecipient = (to: string): string | undefined =>
  phone.test(to) || userId.test(to) || groupId.test(to)
    ? undefined
    : "expected a phone number of 7 to 15 digits, with + or as a wa_id, a business-scoped user id such as US.1349, or a group id"

/** The members of a request that name the recipient. A number without `+` would get the business's own country code. */
export const recipientOf = (
  to: string
):
  | { readonly recipient_type: "individual" | "group"; readonly to: string }
  | { readonly recipient_type: "individual"; readonly recipient: string } => {
  if (userId.test(to)) return { recipient_type: "individual", recipient: to }
  if (!phone.test(to)) return { recipient_type: "group", to }
  return { recipient_type: "individual", to: to.startsWith("+") ? to : `+${to}` }
}

/** A number with `+` and a `wa_id` are the same person. */
export const recipientKey = (to: string): string => Object.values(recipientOf(to)).join()

/** As events of the recipient have it: a number without `+`, else the id, which may be an alias of a number. */
export const conversationOf: ConversationOf = (to) => ({
  conversation: phone.test(to) ? to.replace("+", "") : to,
  mayBeAlias: userId.test(to)
})
