import * as Schema from "effect/Schema"
import { errors, Id, id, number, open, Open, text } from "./common.ts"

const AccountUpdate = Schema.Struct({
  event: Schema.String,
  phone_number: text,
  country: text,
  waba_info: open,
  violation_info: open,
  restriction_info: Schema.optionalKey(Schema.Array(Open)),
  disconnection_info: open,
  volume_tier_info: open,
  auth_international_rate_eligibility: open
})

const template = { message_template_id: Id, message_template_name: text, message_template_language: text }

const TemplateStatus = Schema.Struct({
  ...template,
  event: Schema.String,
  reason: Schema.optionalKey(Schema.NullOr(Schema.String)),
  message_template_category: text
})

const TemplateCategory = Schema.Struct({ ...template, previous_category: text, new_category: text })

const Quality = Schema.Struct({ display_phone_number: text, event: text, current_limit: text, old_limit: text })

/** One call of `calls[]`, or one of its `statuses[]`. */
const Call = Schema.Struct({
  id: text,
  from: text,
  to: text,
  event: text,
  status: Schema.optionalKey(Schema.Json),
  timestamp: text,
  direction: text,
  session: open,
  recipient_id: text,
  biz_opaque_callback_data: text,
  errors
})

const Preference = Schema.Struct({
  wa_id: id,
  user_id: text,
  detail: text,
  category: text,
  value: text,
  signup_id: text,
  timestamp: number
})

/** One of `groups[]`. */
const Group = Schema.Struct({ group_id: text, type: text, timestamp: text, request_id: text, reason: text, errors })

/** Schemas by field. Fields that the sources name without showing their content are accepted unchanged. */
export const accountEvents = {
  account_update: AccountUpdate,
  account_alerts: Open,
  account_review_update: Schema.Struct({ decision: text }),
  automatic_events: Open,
  business_capability_update: Schema.Struct({
    max_daily_conversations_per_business: id,
    max_phone_numbers_per_waba: number
  }),
  business_username_updates: Open,
  calls: Call,
  flows: Open,
  group_lifecycle_update: Group,
  group_participants_update: Group,
  group_settings_update: Group,
  group_status_update: Group,
  history: Open,
  message_template_components_update: Open,
  message_template_quality_update: Open,
  message_template_status_update: TemplateStatus,
  messaging_handovers: Open,
  partner_solutions: Schema.Struct({ event: text, solution_id: id, solution_status: text }),
  payment_configuration_update: Schema.Struct({ configuration_name: text, provider_name: text, status: text }),
  phone_number_name_update: Open,
  phone_number_quality_update: Quality,
  security: Schema.Struct({ display_phone_number: text, event: text, requester: id }),
  smb_app_state_sync: Open,
  standby: Open,
  template_category_update: TemplateCategory,
  user_id_update: Open,
  user_preferences: Preference,
  /** Errors of a change that has nothing else. */
  errors: Schema.Struct({ errors })
}
