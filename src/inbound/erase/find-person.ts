import * as Effect from "effect/Effect"
import { accountRefs } from "../../outbound/accounts/account-ref.ts"
import type { ConversationId } from "../../domain/ids.ts"
import { conversationIdOf, laneOfConversation, laneOfRecipient, recipientOf } from "../../identity/derive.ts"
import { Accounts } from "../../outbound/accounts/accounts.ts"
import type { RestingIntent } from "../../outbound/ledger/intent-ledger.ts"
import { Aliases } from "../../partition/aliases.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { Sealer, type Unreadable } from "../../secrets/sealer.ts"
import type { Collection } from "../event-log/event-admin.ts"
import type { Forgetting } from "./person.ts"
import { quarantineHeadOf } from "../event-log/quarantine-codec.ts"
import { decodeHeader } from "../event-log/event-codec.ts"
import { headOfReply } from "../replies/reply-codec.ts"

/** `unreadable`: it may name the person, and nobody can tell. */
export type Found = "named" | "other" | "unreadable"

/** What a record says in the open of whose it is; `undefined` where even that cannot be read. */
interface Whose {
  readonly connector: string
  readonly account?: string
  readonly conversation?: string
}

const whoseOf = (shelf: Collection, record: string): Whose | undefined => {
  if (shelf === "replies") return headOfReply(record)
  if (shelf !== "quarantine") return decodeHeader(record)
  const head = quarantineHeadOf(record)
  return head === undefined ? undefined : { connector: head.con }
}

/** Tells what is about the person: by the keyed hash of his conversations and lanes, and by what stands in the content. */
export const finderOf = Effect.fnUntraced(function* ({ channel, account, person }: Forgetting) {
  const hash = yield* IdHash
  const sealer = yield* Sealer
  const accounts = yield* Accounts
  const refOf = accountRefs(hash)
  const own = [...channel.accounts.values()].filter(({ id }) => account === undefined || id === account)
  const conversations = new Set<string>()
  const ownConversations: Array<ConversationId> = []
  for (const one of own) {
    for (const form of person.forms) {
      ownConversations.push(conversationIdOf(hash, { channel, account: one }, form))
      conversations.add(laneOfRecipient(hash, { channel, account: one }, form))
    }
  }

  const aliases = yield* Aliases
  const known = yield* aliases.related(ownConversations)
  for (const one of known) conversations.add(one).add(laneOfConversation(hash, one))

  const isHis = ({ connector, account: whose }: Whose) =>
    connector === channel.id && (account === undefined || whose === undefined || whose === account)

  const opened = (record: string): Effect.Effect<Found> =>
    record.includes("\n")
      ? sealer.open(record.slice(record.lastIndexOf("\n") + 1)).pipe(
          Effect.match({
            onSuccess: (text): Found => (person.isNamedIn(text) ? "named" : "other"),
            onFailure: (_: Unreadable): Found => "unreadable"
          })
        )
      : Effect.succeed("other")

  return {
    inRecord: (shelf: Collection, record: string): Effect.Effect<Found> => {
      const whose = whoseOf(shelf, record)
      if (whose === undefined) return record === "" ? Effect.succeed("other") : opened(record)
      if (!isHis(whose)) return Effect.succeed("other")
      return conversations.has(whose.conversation ?? "") ? Effect.succeed("named") : opened(record)
    },
    inIntent: ({ connector, account: whose, lane = "", says }: RestingIntent): Found => {
      if (!isHis({ connector, account: whose })) return "other"
      if (conversations.has(lane)) return "named"
      if (says === undefined) return "unreadable"
      return person.isNamedIn(says) ? "named" : "other"
    },
    /** Forgets which conversations are his, so that nothing of one is found by an id of another any more. */
    forgetAliases: aliases.forget(known),
    /** Holds and limits of the recipient; answers how many there were. */
    forgetRecipient: Effect.map(
      Effect.forEach(own, (one) => {
        const recipients = person.forms.map((form) => recipientOf(hash, { channel, account: one }, form))
        const names = [...one.capabilities.values()].flatMap(({ limits }) => limits.map(({ name }) => name))
        return accounts.forget(refOf(channel, one).account, [...new Set(recipients)], [...new Set(names)])
      }),
      (counts) => counts.reduce((sum, count) => sum + count, 0)
    )
  }
})

export type Finder = Effect.Success<ReturnType<typeof finderOf>>
