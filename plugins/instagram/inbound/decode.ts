import type { DecodedEvent } from "../../../src/connector/inbound.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { type Entry, strong, weak, type Where } from "../../meta/identity.ts"
import { type DecodeChange, decodeEntries } from "../../meta/messaging/entries.ts"
import { common, commonFields, commonLately, type Vocabulary } from "../../meta/messaging/vocabulary.ts"
import { instantOf, objectOf, textOf } from "../../meta/read-json.ts"

/** Words of the provider (META 5.2). */
export const words: Vocabulary = {
  happenings: new Map([...common, ...commonLately]),
  fields: commonFields,
  attachments: new Set([
    "image",
    "video",
    "audio",
    "file",
    "share",
    "story_mention",
    "ig_reel",
    "reel",
    "ig_post",
    "ephemeral",
    "like_heart"
  ])
}

/** Fields of a change. Any other is kept as `unknown`. */
export const changeFields = ["comments", "live_comments", "mentions", "story_insights"] as const

/** Decodes comments under media, mentions of the account, and the insights of a story. */
const decodeChange: DecodeChange = (field, value, where) => {
  switch (field) {
    case "comments":
      return comment("comment", value, where)
    case "live_comments":
      return comment("live_comment", value, where)
    case "mentions":
      return mention(value, where)
    case "story_insights":
      return {
        ...event(value, where),
        kind: "account",
        type: "account.story_insights",
        ...weak("story_insights", where, value),
        conversation: undefined,
        personal: Personal.of({ providerId: textOf(value["media_id"]) ?? "", content: value })
      }
    default:
      return undefined
  }
}

const event = (value: JsonObject, where: Where) => ({
  _tag: "Event" as const,
  providerAccount: where.providerAccount,
  occurredAt: instantOf(value["timestamp"]) ?? instantOf(where.entryTime)
})

const mediaOf = (id: string | undefined) => (id === undefined ? undefined : `media:${id}`)

/** The account's own id within `from`. Only its own comments have it, even if no other id is there. */
const ownIds = ["self_ig_scoped_id"] as const

const isMarkedOwn = (members: JsonObject | undefined): boolean =>
  members?.["is_self"] === true ||
  members?.["is_echo"] === true ||
  ownIds.some((name) => textOf(members?.[name]) !== undefined)

/**
 * Decodes a comment. Comments of the account itself arrive like all others (META 5.2): they get the kind `echo`, so
 * that no runtime answers itself.
 */
const comment = (name: string, value: JsonObject, entry: Entry): DecodedEvent => {
  const id = textOf(value["id"]) ?? textOf(value["comment_id"])
  const author = objectOf(value["from"])
  const from = textOf(author?.["id"])
  const account = [entry.entryId, from].find((one) => one !== undefined && entry.isOurs(one)) ?? entry.providerAccount
  const where = { ...entry, providerAccount: account }
  const own = from === account || isMarkedOwn(author) || value["is_self"] === true || value["is_echo"] === true
  const media = mediaOf(textOf(objectOf(value["media"])?.["id"]))
  return {
    ...event(value, where),
    kind: own ? "echo" : "message",
    type: `${own ? "echo" : "message"}.${name}`,
    ...(id === undefined ? weak("comment", where, value) : strong("comment", id)),
    conversation: own ? media : (from ?? media),
    personal: Personal.of({ providerId: id ?? "", ...(from === undefined ? {} : { from }), content: value })
  }
}

const mention = (value: JsonObject, where: Where): DecodedEvent => {
  const media = textOf(value["media_id"])
  const id = textOf(value["comment_id"])
  return {
    ...event(value, where),
    kind: "message",
    type: "message.mention",
    ...(media === undefined ? weak("mention", where, value) : strong("mention", media, id ?? "")),
    conversation: mediaOf(media),
    personal: Personal.of({ providerId: id ?? media ?? "", content: value })
  }
}

/** Increased when an identity rule of this connector changes (G12). */
export const identityVersion = 1

/** Decodes every event of one webhook, of either variant of the Instagram API. Source: META 5.2. */
export const decode = decodeEntries({ words, change: decodeChange })
