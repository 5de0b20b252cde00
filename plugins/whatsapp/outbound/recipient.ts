const phone = /^\+?[0-9]{7,15}$/
const userId = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/

/** Refuses what is neither a phone number nor a business-scoped user id (META 2.2, 3.1). */
export const checkRecipient = (to: string): string | undefined =>
  phone.test(to) || userId.test(to)
    ? undefined
    : "expected a phone number of 7 to 15 digits, with + or as a wa_id, or a business-scoped user id such as US.1349"

/** The member of a request that names the recipient. A number without `+` would get the business's own country code. */
export const recipientOf = (to: string): { readonly to: string } | { readonly recipient: string } => {
  if (userId.test(to)) return { recipient: to }
  return { to: to.startsWith("+") ? to : `+${to}` }
}

/** A number with `+` and a `wa_id` are the same person. */
export const recipientKey = (to: string): string => Object.values(recipientOf(to)).join()
