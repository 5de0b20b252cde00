/** Types of `messages[]` and `message_echoes[]` (META 2.3). Any other is kept as `unknown`. */
export const messageTypes: ReadonlySet<string> = new Set([
  "text",
  "image",
  "video",
  "document",
  "audio",
  "sticker",
  "location",
  "contacts",
  "interactive",
  "button",
  "order",
  "reaction",
  "system",
  "unsupported",
  "edit",
  "revoke",
  "request_welcome"
])

/** Fields of a change beside `messages` and `smb_message_echoes` (META 2.3). Any other is kept as `unknown`. */
export const accountFields: ReadonlySet<string> = new Set([
  "history",
  "smb_app_state_sync",
  "calls",
  "user_preferences",
  "account_update",
  "account_alerts",
  "account_review_update",
  "business_capability_update",
  "phone_number_quality_update",
  "phone_number_name_update",
  "message_template_status_update",
  "message_template_quality_update",
  "message_template_components_update",
  "template_category_update",
  "security",
  "flows",
  "payment_configuration_update",
  "partner_solutions",
  "automatic_events",
  "group_lifecycle_update",
  "group_participants_update",
  "group_settings_update",
  "group_status_update",
  "business_username_updates",
  "user_id_update",
  "messaging_handovers",
  "standby"
])

/** Statuses by name (META 2.4). The set is open: any other word is a status of the type `other`. */
const statusNames: ReadonlySet<string> = new Set([
  "sent",
  "delivered",
  "read",
  "played",
  "failed",
  "deleted",
  "warning"
])

/** Returns true for a plain word, which may be the name of a future status. */
export const isStatusName = (name: string): boolean => /^[a-z_]{1,32}$/.test(name)

/**
 * Returns the name in an event's type, which is logged and listed. Returns `other` for an unknown word, which may name
 * a person.
 */
export const statusType = (name: string): string => (statusNames.has(name) ? name : "other")
