import { type Vocabulary, common, commonFields, commonLately } from "../../meta/messaging/vocabulary.ts"

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
