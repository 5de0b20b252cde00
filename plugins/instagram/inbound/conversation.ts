import * as Effect from "effect/Effect"
import type { InboundConfirmation } from "../../../src/connector/confirm-inbound.ts"
import type { PersonalPart } from "../../../src/domain/event.ts"
import type { Json } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"
import { call, type Context } from "../graph.ts"
import { type Account, senderOf, type Settings } from "../settings.ts"

/** Returns the ids in a list of objects. Returns `undefined` when there is no such list. */
const idsOf = (list: Json | undefined): ReadonlyArray<string> | undefined =>
  listOf(list)?.flatMap((one) => textOf(objectOf(one)?.["id"]) ?? [])

/** Returns the conversations with a person: one, or none. */
const conversationsWith = (context: Context, person: string) =>
  call(context, {
    operation: "instagram.conversations",
    method: "GET",
    path: `${senderOf(context)}/conversations`,
    query: { platform: "instagram", user_id: person },
    expect: (body) => idsOf(objectOf(body)?.["data"])
  })

/** Returns the ids of the messages on the first page, the newest first. */
const messagesOf = (context: Context, conversation: string) =>
  call(context, {
    operation: "instagram.conversation",
    method: "GET",
    path: encodeURIComponent(conversation),
    query: { fields: "messages" },
    expect: (body) => idsOf(objectOf(objectOf(body)?.["messages"])?.["data"])
  })

/** Asks whether the conversation with the sender lists a direct message (META 4.8). The provider allows 2 calls a second. */
export const confirmInbound: InboundConfirmation<Settings, Account> = {
  by: "question",
  ask: ({ from, content }: PersonalPart, context) => {
    const id = textOf(objectOf(objectOf(content)?.["message"])?.["mid"])
    if (from === undefined || id === undefined) return undefined
    return Effect.gen(function* () {
      const [conversation] = yield* conversationsWith(context, from)
      return conversation !== undefined && (yield* messagesOf(context, conversation)).includes(id)
    })
  }
}
