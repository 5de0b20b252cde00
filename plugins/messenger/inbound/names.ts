import {
  type Vocabulary,
  account,
  common,
  commonFields,
  commonLately,
  message,
  status
} from "../../meta/messaging/vocabulary.ts"

/** Words of the provider (META 6). */
export const words: Vocabulary = {
  happenings: new Map([
    ...common,
    ...commonLately,
    ["delivery", status("delivered")],
    ["optin", message("optin")],
    ["account_linking", message("account_linking")],
    ["policy_enforcement", account("policy_enforcement")],
    ["pass_thread_control", account("pass_thread_control")]
  ]),
  fields: commonFields,
  attachments: new Set([
    "image",
    "video",
    "audio",
    "file",
    "location",
    "template",
    "fallback",
    "reel",
    "ig_reel",
    "post",
    "sticker",
    "appointment_booking"
  ])
}
