import type { ConversationOf } from "../../../src/connector/inbound.ts"

const phone = /^\+?[0-9]{7,15}$/
const userId = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
/** META 2.3 calls it opaque and similar to base64; the observed one has 57 characters. */
const groupId = /^(?=[^a-zA-Z]*[a-zA-Z])[A-Za-z0-9+/_-]{24,256}={0,2}$/

/** Rejects a text that is no phone number, no business-scoped user id and no group id (META 2.2, 2.3, 3.1). */
export const checkRecipient = (to: string): string | undefined =>
  phone.test(to) || userId.test(to) || groupId.test(to)
    ? undefined
    : "expected a phone number of 7 to 15 digits, with + or as a wa_id, a business-scoped user id such as US.1349, or a group id"

/**
 * Returns the members of a request that name the recipient. Adds `+`, since the provider adds the business's own
 * country code to a number without it.
 */
export const recipientOf = (
  to: string
):
  | { readonly recipient_type: "individual" | "group"; readonly to: string }
  | { readonly recipient_type: "individual"; readonly recipient: string } => {
  if (userId.test(to)) return { recipient_type: "individual", recipient: to }
  if (!phone.test(to)) return { recipient_type: "group", to }
  return { recipient_type: "individual", to: to.startsWith("+") ? to : `+${to}` }
}

/** Returns one text for a recipient: a number with `+` and a `wa_id` are the same person. */
export const recipientKey = (to: string): string => Object.values(recipientOf(to)).join()

/**
 * Returns the conversation as in events of the recipient: a number without `+`, else the id, which may be an alias of a
 * number.
 */
export const conversationOf: ConversationOf = (to) => ({
  conversation: phone.test(to) ? to.replace("+", "") : to,
  mayBeAlias: userId.test(to)
})
