import { Personal } from "../../../src/domain/personal.ts"
import { weak } from "../../meta/identity.ts"
import { type DecodeChange, decodeEntries } from "../../meta/messaging/entries.ts"
import {
  account,
  common,
  commonFields,
  commonLately,
  message,
  status,
  type Vocabulary
} from "../../meta/messaging/vocabulary.ts"
import { instantOf } from "../../meta/read-json.ts"

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

/** Increased when an identity rule of this connector changes (G12). */
export const identityVersion = 1

/**
 * Decodes changes of the page itself, comments included, as events of the account with their whole content. META 6
 * names no more of their members.
 */
const decodeChange: DecodeChange = (field, value, where) =>
  field === "feed"
    ? {
        _tag: "Event",
        providerAccount: where.providerAccount,
        kind: "account",
        type: "account.feed",
        ...weak("feed", where, value),
        conversation: undefined,
        occurredAt: instantOf(where.entryTime),
        personal: Personal.of({ providerId: "", content: value })
      }
    : undefined

/** Decodes every event of one webhook of the Messenger Platform. Source: META 6. */
export const decode = decodeEntries({ words, change: decodeChange })
