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

/** Statuses are an open set (META 2.4); a name is repeated in logs, so it must be a plain word. */
export const isStatusName = (name: string): boolean => /^[a-z_]{1,32}$/.test(name)
